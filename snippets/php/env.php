<?php

$secret_name = getenv('SECRET_NAME');
if ($secret_name === false) {
    throw new RuntimeException('SECRET_NAME is not set');
}
