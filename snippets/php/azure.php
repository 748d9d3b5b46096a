<?php
// Azure keeps no PHP client: let the platform set SECRET_NAME, in its application settings, to
// @Microsoft.KeyVault(SecretUri=https://my-vault.vault.azure.net/secrets/secret-name/)

$secret_name = getenv('SECRET_NAME');
if ($secret_name === false) {
    throw new RuntimeException('SECRET_NAME is not set');
}
