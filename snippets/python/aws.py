# pip install boto3
import boto3

client = boto3.client("secretsmanager")
answer = client.get_secret_value(SecretId="my-app/secret-name")
secret_name = answer["SecretString"]
