// go get github.com/cyberark/conjur-api-go
package secrets

import "github.com/cyberark/conjur-api-go/conjurapi"

func secretName() (string, error) {
	// CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY
	settings, err := conjurapi.LoadConfig()
	if err != nil {
		return "", err
	}
	client, err := conjurapi.NewClientFromEnvironment(settings)
	if err != nil {
		return "", err
	}
	value, err := client.RetrieveSecret("my-app/secret-name")
	return string(value), err
}
