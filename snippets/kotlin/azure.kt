// com.azure:azure-identity, com.azure:azure-security-keyvault-secrets
import com.azure.identity.DefaultAzureCredentialBuilder
import com.azure.security.keyvault.secrets.SecretClientBuilder

fun secretName(): String =
    SecretClientBuilder()
        .vaultUrl("https://my-vault.vault.azure.net")
        .credential(DefaultAzureCredentialBuilder().build())
        .buildClient()
        .getSecret("secret-name")
        .value
