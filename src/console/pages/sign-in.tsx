// The pages that who is not signed in sees.

import { TEXTS } from "../texts.ts";

/** Asks the same address again, so that the browser sends its cookie along. */
export const Again = ({ path }: { path: string }) => (
  <html lang={TEXTS.language}>
    <head>
      <meta http-equiv="refresh" content="0" />
      <title>{TEXTS.signIn.title}</title>
    </head>
    <body>
      <a href={path}>{TEXTS.signIn.goOn}</a>
    </body>
  </html>
);

export const SignIn = ({ next, refused }: { next: string; refused?: string }) => (
  <section class="narrow card">
    <h1>{TEXTS.signIn.title}</h1>
    {refused !== undefined && (
      <p role="alert" data-variant="error">
        {refused}
      </p>
    )}
    <form method="post" action="/console/sign-in">
      <input type="hidden" name="next" value={next} />
      <label data-field>
        {TEXTS.signIn.key}
        <input type="password" name="key" required autocomplete="current-password" aria-describedby="key-hint" />
        <small id="key-hint" data-hint>
          {TEXTS.signIn.keyHint}
        </small>
      </label>
      <button type="submit">{TEXTS.signIn.button}</button>
    </form>
  </section>
);

/** The address is used up when the form is sent, not when it is looked at. */
export const Enter = ({ link }: { link: string }) => (
  <section class="narrow card">
    <h1>{TEXTS.signIn.title}</h1>
    <p>{TEXTS.signIn.once}</p>
    <form method="post" action={`/console/enter/${encodeURIComponent(link)}`}>
      <button type="submit">{TEXTS.signIn.button}</button>
    </form>
  </section>
);
