package dev.kiroku.server.signin;

/** The texts of the sign-in pages in one language. */
record SignInTexts(
        String language,
        String signIn,
        String userName,
        String password,
        String wrongPassword,
        String tooManyAttempts,
        String signedOut,
        String signInAgain) {
    static final SignInTexts ENGLISH = new SignInTexts(
            "en",
            "Sign in",
            "User name",
            "Password",
            "The user name or the password is not correct.",
            "Too many failed attempts. Wait five minutes and try again.",
            "You have signed out",
            "Sign in again");

    static final SignInTexts JAPANESE = new SignInTexts(
            "ja",
            "サインイン",
            "ユーザー名",
            "パスワード",
            "ユーザー名またはパスワードが正しくありません。",
            "サインインに何度も失敗しました。5分待ってからもう一度お試しください。",
            "サインアウトしました",
            "もう一度サインイン");
}
