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
        String signInAgain,
        String signInAtProvider,
        String signInExpired,
        String signInFailed,
        String providerUnreachable) {
    static final SignInTexts ENGLISH = new SignInTexts(
            "en",
            "Sign in",
            "User name",
            "Password",
            "The user name or the password is not correct.",
            "Too many failed attempts. Wait five minutes and try again.",
            "You have signed out",
            "Sign in again",
            "Sign in with single sign-on",
            "This sign-in has expired, or it was begun in another browser.",
            "The sign-in has failed.",
            "The sign-in service cannot be reached. Try again in a few minutes.");

    static final SignInTexts JAPANESE = new SignInTexts(
            "ja",
            "サインイン",
            "ユーザー名",
            "パスワード",
            "ユーザー名またはパスワードが正しくありません。",
            "サインインに何度も失敗しました。5分待ってからもう一度お試しください。",
            "サインアウトしました",
            "もう一度サインイン",
            "シングルサインオンでサインイン",
            "このサインインは期限切れか、別のブラウザーで開始されたものです。",
            "サインインに失敗しました。",
            "サインインサービスに接続できません。数分後にもう一度お試しください。");
}
