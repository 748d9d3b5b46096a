// io.github.jopenlibs:vault-java-driver
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;

final class Secrets {
    static String secretName() throws VaultException {
        VaultConfig settings = new VaultConfig()
                .address(System.getenv("VAULT_ADDR"))
                .token(System.getenv("VAULT_TOKEN"))
                .build();
        Vault vault = Vault.create(settings);
        return vault.logical().read("secret/my-app").getData().get("SECRET_NAME");
    }
}
