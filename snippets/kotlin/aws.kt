// software.amazon.awssdk:secretsmanager
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient

fun secretName(): String =
    SecretsManagerClient.create().use { client ->
        client.getSecretValue { ask -> ask.secretId("my-app/secret-name") }.secretString()
    }
