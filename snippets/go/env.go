package secrets

import (
	"fmt"
	"os"
)

func secretName() (string, error) {
	value, ok := os.LookupEnv("SECRET_NAME")
	if !ok {
		return "", fmt.Errorf("SECRET_NAME is not set")
	}
	return value, nil
}
