<?php
// Vault's own HTTP interface.

$options = ['http' => ['header' => 'X-Vault-Token: ' . getenv('VAULT_TOKEN')]];
$answer = file_get_contents(
    getenv('VAULT_ADDR') . '/v1/secret/data/my-app', false, stream_context_create($options)
);
if ($answer === false) {
    throw new RuntimeException('Vault gave no answer');
}
$data = json_decode($answer, true, flags: JSON_THROW_ON_ERROR)['data']['data'];
$secret_name = $data['SECRET_NAME'];
