// Conjur's own HTTP interface: cargo add reqwest urlencoding
use std::env::var;

pub async fn secret_name() -> Result<String, Box<dyn std::error::Error>> {
    let (url, account) = (var("CONJUR_APPLIANCE_URL")?, var("CONJUR_ACCOUNT")?);
    let login = var("CONJUR_AUTHN_LOGIN")?;
    let client = reqwest::Client::new();
    let token = client
        .post(format!("{url}/authn/{account}/{}/authenticate", urlencoding::encode(&login)))
        .header("Accept-Encoding", "base64")
        .body(var("CONJUR_AUTHN_API_KEY")?)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    let variable = urlencoding::encode("my-app/secret-name");
    let answer = client
        .get(format!("{url}/secrets/{account}/variable/{variable}"))
        .header("Authorization", format!("Token token=\"{token}\""))
        .send()
        .await?;
    Ok(answer.error_for_status()?.text().await?)
}
