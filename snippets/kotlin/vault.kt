// io.github.jopenlibs:vault-java-driver
import io.github.jopenlibs.vault.Vault
import io.github.jopenlibs.vault.VaultConfig

fun secretName(): String {
    val settings = VaultConfig()
        .address(System.getenv("VAULT_ADDR"))
        .token(System.getenv("VAULT_TOKEN"))
        .build()
    val answer = Vault.create(settings).logical().read("secret/my-app")
    return answer.data["SECRET_NAME"] ?: error("secret/my-app has no SECRET_NAME")
}
