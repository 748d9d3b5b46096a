// com.google.cloud:google-cloud-secretmanager
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient;
import com.google.cloud.secretmanager.v1.SecretVersionName;
import java.io.IOException;

final class Secrets {
    static String secretName() throws IOException {
        try (SecretManagerServiceClient client = SecretManagerServiceClient.create()) {
            SecretVersionName version = SecretVersionName.of("my-project", "secret-name", "latest");
            return client.accessSecretVersion(version).getPayload().getData().toStringUtf8();
        }
    }
}
