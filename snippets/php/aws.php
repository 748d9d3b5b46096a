<?php
// composer require aws/aws-sdk-php

$client = new Aws\SecretsManager\SecretsManagerClient(['region' => getenv('AWS_REGION')]);
$answer = $client->getSecretValue(['SecretId' => 'my-app/secret-name']);
$secret_name = $answer['SecretString'];
