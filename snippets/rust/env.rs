pub fn secret_name() -> Result<String, std::env::VarError> {
    std::env::var("SECRET_NAME")
}
