// cargo add aws-config aws-sdk-secretsmanager
use aws_config::BehaviorVersion;

pub async fn secret_name() -> Result<Option<String>, aws_sdk_secretsmanager::Error> {
    let settings = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = aws_sdk_secretsmanager::Client::new(&settings);
    let answer = client.get_secret_value().secret_id("my-app/secret-name").send().await?;
    Ok(answer.secret_string)
}
