// cargo add azure_identity azure_security_keyvault_secrets
use azure_identity::ManagedIdentityCredential;
use azure_security_keyvault_secrets::SecretClient;

pub async fn secret_name() -> Result<Option<String>, Box<dyn std::error::Error>> {
    // On a developer's machine: DeveloperToolsCredential.
    let credential = ManagedIdentityCredential::new(None)?;
    let client = SecretClient::new("https://my-vault.vault.azure.net", credential, None)?;
    let answer = client.get_secret("secret-name", None).await?.into_model()?;
    Ok(answer.value)
}
