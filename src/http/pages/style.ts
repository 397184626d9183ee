/** The one stylesheet of the hub's pages. Its hash stands in the Content-Security-Policy, so it is a constant. */

export const style = `
:root {
  color-scheme: light dark;
  --page: #edf0f4; --surface: #ffffff; --ink: #17212c; --muted: #50606f; --line: #d5dce3;
  --field: #6b7a88; --accent: #164e78; --on-accent: #ffffff; --accent-strong: #0e3a5b;
  --wrong: #a11d1d; --wrong-soft: #fdf1f0; --quiet: #f4f6f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e141a; --surface: #171f27; --ink: #e9eef3; --muted: #a6b4c1; --line: #2c3944;
    --field: #8393a2; --accent: #8cc8f2; --on-accent: #062033; --accent-strong: #b5dcf8;
    --wrong: #ffb3ac; --wrong-soft: #331d1d; --quiet: #1d2730;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; grid-template-rows: 1fr auto auto 2fr;
  background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main {
  grid-row: 2; width: 100%; max-width: 29rem; margin: 1.5rem auto 0; padding: 2.25rem 2.25rem 2.5rem;
  background: var(--surface); border: 1px solid var(--line); border-top: 4px solid var(--accent);
  border-radius: .5rem; overflow-wrap: anywhere;
}
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.75rem; color: var(--accent); font-weight: 650; letter-spacing: .01em; }
.brand svg { width: 2rem; height: 1.25rem; flex: none; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1rem; line-height: 1.4; font-weight: 650; }
p { margin: 0 0 1rem; }
p:last-child { margin-bottom: 0; }
.muted { color: var(--muted); }
form { margin: 1.5rem 0 0; }
label { display: block; font-weight: 600; }
.hint { margin: .1rem 0 .5rem; color: var(--muted); font-size: .9375rem; }
.problem { margin: .25rem 0 .5rem; padding: .5rem .75rem; border-left: 4px solid var(--wrong); background: var(--wrong-soft); color: var(--wrong); font-weight: 600; }
input[type="email"] {
  width: 100%; min-height: 3rem; padding: .5rem .75rem; font: inherit; color: var(--ink); background: var(--surface);
  border: 1px solid var(--field); border-radius: .375rem;
}
input[aria-invalid="true"] { border: 2px solid var(--wrong); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
.button {
  display: inline-flex; align-items: center; justify-content: center; flex: 1 1 auto; min-height: 3rem; padding: .5rem 1.25rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .375rem;
}
.button:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.button.second { color: var(--accent); background: transparent; }
.button.second:hover { color: var(--accent-strong); background: var(--quiet); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); text-underline-offset: .15em; }
.reference { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; margin: 1.5rem 0 0; padding: .75rem 1rem; background: var(--quiet); border-radius: .375rem; }
.reference dt { color: var(--muted); font-size: .9375rem; }
.reference dd { margin: 0; font: 600 1.0625rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .06em; user-select: all; }
footer { grid-row: 3; width: 100%; max-width: 29rem; margin: 0 auto; text-wrap: balance; padding: 1rem 1.25rem 1.5rem; text-align: center; color: var(--muted); font-size: .875rem; }
@media (max-width: 32rem) {
  body { grid-template-rows: auto auto auto 1fr; }
  main { margin: 0; padding: 1.5rem 1.25rem 2rem; border-width: 4px 0 1px; border-radius: 0; }
  .button { width: 100%; }
}
@media (forced-colors: active) { .button { border: 2px solid ButtonText; } }
`;
