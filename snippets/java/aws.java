// software.amazon.awssdk:secretsmanager
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

final class Secrets {
    static String secretName() {
        try (SecretsManagerClient client = SecretsManagerClient.create()) {
            return client.getSecretValue(ask -> ask.secretId("my-app/secret-name")).secretString();
        }
    }
}
