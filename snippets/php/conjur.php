<?php
// Conjur's own HTTP interface: there is no maintained client for PHP.

function ask(string $path, array $options): string
{
    $answer = file_get_contents(
        getenv('CONJUR_APPLIANCE_URL') . $path, false, stream_context_create(['http' => $options])
    );
    return $answer === false ? throw new RuntimeException('Conjur gave no answer') : $answer;
}

$account = getenv('CONJUR_ACCOUNT');
$login = rawurlencode(getenv('CONJUR_AUTHN_LOGIN'));
$token = ask("/authn/$account/$login/authenticate", [
    'method' => 'POST',
    'header' => 'Accept-Encoding: base64',
    'content' => getenv('CONJUR_AUTHN_API_KEY'),
]);
$variable = rawurlencode('my-app/secret-name');
$secret_name = ask("/secrets/$account/variable/$variable", [
    'header' => "Authorization: Token token=\"$token\"",
]);
