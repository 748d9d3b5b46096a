// com.google.cloud:google-cloud-secretmanager
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient
import com.google.cloud.secretmanager.v1.SecretVersionName

fun secretName(): String =
    SecretManagerServiceClient.create().use { client ->
        val version = SecretVersionName.of("my-project", "secret-name", "latest")
        client.accessSecretVersion(version).payload.data.toStringUtf8()
    }
