//! The words of the lists, which stand in one list more: most values hold none of any, and are walked
//! through once to know it.

macro_rules! words {
    () => {
        "
    example placeholder changeme changeit change_me change-me changethis replaceme replace_
    replace- replacewith sample redacted notreal not_real not-real not-a-real foobar insert
    yourkey yoursecret yourtoken yourapi yourpass fakekey faketoken goeshere deadbeef cafebabe aaecawqf
    qwerty asdfgh zxcvbn template my-super my_super supersecret super-secret super_secret someone
    mytoken mysecret myapikey test_key test-key testkey test_token test-token testtoken
    testsecret $%^&* *&^%$ test_secret test-secret not-secret notasecret masked hidden obfuscated
"
    };
}
macro_rules! short_words {
    () => {
        "dummy Dummy DUMMY lorem Lorem LOREM fixme Fixme FIXME"
    };
}
macro_rules! openings {
    () => {
        "${ {{ $( %( #{ %{ <% [[ @@ __"
    };
}
macro_rules! cuts {
    () => {
        "... … *** ‹ ¦"
    };
}
macro_rules! first_words {
    () => {
        "your_ your- your. fake_ fake- todo_ todo- not_a_ not-a-"
    };
}
macro_rules! reads {
    () => {
        "
    os.environ process.env getenv env( env[ env. env: env!( env:: vault: vault( !vault
    $ansible_vault secretkeyref valuefrom !ref !sub !getatt !secret !env ssm: /ssm/ op:// sm://
    awssm bws:// doppler:// akv:// enc[ sealed arn:aws: {resolve: secrets. secretsmanager
    secretmanager keyvault file( file:// var. local. config. config[ config( self. this.
    settings. params. options. context. request. req. args. argv input( getpass prompt( lookup(
    readfile read(
"
    };
}
macro_rules! anywhere {
    () => {
        ":// :: -> $2a$ $2b$ $2y$ $argon2 {bcrypt} {ssha -----"
    };
}
macro_rules! code {
    () => {
        "(? )+ )* ]+ ]* [^ ^[ a-z A-Z 0-9 .* .+ %s %d %Y %H %( &lt; &gt; &amp; &quot; &#"
    };
}

pub(super) use {anywhere, code, cuts, first_words, openings, reads, short_words, words};
