// cargo add vaultrs; it takes its address and token from VAULT_ADDR and VAULT_TOKEN
use std::collections::HashMap;

use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};
use vaultrs::kv2;

pub async fn secret_name() -> Result<Option<String>, Box<dyn std::error::Error>> {
    let client = VaultClient::new(VaultClientSettingsBuilder::default().build()?)?;
    let mut answer: HashMap<String, String> = kv2::read(&client, "secret", "my-app").await?;
    Ok(answer.remove("SECRET_NAME"))
}
