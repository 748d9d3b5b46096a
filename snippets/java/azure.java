// com.azure:azure-identity, com.azure:azure-security-keyvault-secrets
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;

final class Secrets {
    static String secretName() {
        SecretClient client = new SecretClientBuilder()
                .vaultUrl("https://my-vault.vault.azure.net")
                .credential(new DefaultAzureCredentialBuilder().build())
                .buildClient();
        return client.getSecret("secret-name").getValue();
    }
}
