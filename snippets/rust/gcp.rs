// cargo add google-cloud-secretmanager-v1
use google_cloud_secretmanager_v1::client::SecretManagerService;

pub async fn secret_name() -> Result<Option<String>, Box<dyn std::error::Error>> {
    let client = SecretManagerService::builder().build().await?;
    let name = "projects/my-project/secrets/secret-name/versions/latest";
    let answer = client.access_secret_version().set_name(name).send().await?;
    let value = answer.payload.map(|payload| String::from_utf8(payload.data.to_vec()));
    Ok(value.transpose()?)
}
