// go get cloud.google.com/go/secretmanager
package secrets

import (
	"context"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
)

func secretName(ctx context.Context) (string, error) {
	client, err := secretmanager.NewClient(ctx)
	if err != nil {
		return "", err
	}
	defer client.Close()
	answer, err := client.AccessSecretVersion(ctx, &secretmanagerpb.AccessSecretVersionRequest{
		Name: "projects/my-project/secrets/secret-name/versions/latest",
	})
	if err != nil {
		return "", err
	}
	return string(answer.GetPayload().GetData()), nil
}
