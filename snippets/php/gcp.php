<?php
// composer require google/cloud-secret-manager

use Google\Cloud\SecretManager\V1\AccessSecretVersionRequest;
use Google\Cloud\SecretManager\V1\Client\SecretManagerServiceClient;

$client = new SecretManagerServiceClient();
$name = 'projects/my-project/secrets/secret-name/versions/latest';
$answer = $client->accessSecretVersion(AccessSecretVersionRequest::build($name));
$secret_name = $answer->getPayload()->getData();
