// com.cyberark.conjur.api:conjur-api
import com.cyberark.conjur.api.Conjur

// CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY
fun secretName(): String = Conjur().variables().retrieveSecret("my-app/secret-name")
