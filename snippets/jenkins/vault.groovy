// Plugin HashiCorp Vault
pipeline {
    agent any
    stages {
        stage('deploy') {
            steps {
                withVault(vaultSecrets: [[
                    path: 'secret/my-app',
                    engineVersion: 2,
                    secretValues: [[envVar: 'SECRET_NAME', vaultKey: 'SECRET_NAME']]
                ]]) {
                    sh './deploy.sh "$SECRET_NAME"'
                }
            }
        }
    }
}
