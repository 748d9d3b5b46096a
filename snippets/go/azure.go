// go get github.com/Azure/azure-sdk-for-go/sdk/azidentity
// go get github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets
package secrets

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

func secretName(ctx context.Context) (string, error) {
	credential, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return "", err
	}
	client, err := azsecrets.NewClient("https://my-vault.vault.azure.net", credential, nil)
	if err != nil {
		return "", err
	}
	answer, err := client.GetSecret(ctx, "secret-name", "", nil)
	if err != nil {
		return "", err
	}
	return *answer.Value, nil
}
