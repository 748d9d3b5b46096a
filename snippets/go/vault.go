// go get github.com/hashicorp/vault/api
package secrets

import (
	"context"
	"fmt"

	vault "github.com/hashicorp/vault/api"
)

func secretName(ctx context.Context) (string, error) {
	// Takes its address and token from VAULT_ADDR and VAULT_TOKEN.
	client, err := vault.NewClient(vault.DefaultConfig())
	if err != nil {
		return "", err
	}
	answer, err := client.KVv2("secret").Get(ctx, "my-app")
	if err != nil {
		return "", err
	}
	value, ok := answer.Data["SECRET_NAME"].(string)
	if !ok {
		return "", fmt.Errorf("secret/my-app has no SECRET_NAME")
	}
	return value, nil
}
