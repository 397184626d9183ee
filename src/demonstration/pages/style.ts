/** The one stylesheet of the demonstration's pages; a class on `body` says whose page it is. */

export const style = `
:root {
  color-scheme: light dark;
  --page: #f3f4f6; --surface: #ffffff; --ink: #17202a; --muted: #55616e; --line: #d9dee4; --quiet: #f5f7f9; --field: #6b7a88;
  --good: #14603c; --good-soft: #e6f4ec; --wrong: #a11d1d; --wrong-soft: #fdf0ef; --still-soft: #edf0f3;
}
.orders { --accent: #0b5d66; --accent-strong: #084850; --on-accent: #ffffff; --tint: #e3f1f2; }
.reports { --accent: #6a3a8c; --accent-strong: #532b70; --on-accent: #ffffff; --tint: #f1e9f6; }
.aurora { --accent: #9a4108; --accent-strong: #7a3205; --on-accent: #ffffff; --tint: #fbeee4; }
.borealis { --accent: #14603c; --accent-strong: #0d4a2d; --on-accent: #ffffff; --tint: #e6f4ec; }
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1419; --surface: #182028; --ink: #e9eef3; --muted: #a8b4c0; --line: #2d3844; --quiet: #1e2730; --field: #8393a2;
    --good: #8fd9b0; --good-soft: #12301f; --wrong: #ffb3ac; --wrong-soft: #341c1b; --still-soft: #26303a;
  }
  .orders { --accent: #7fd3dc; --accent-strong: #a8e4ea; --on-accent: #04282c; --tint: #10333a; }
  .reports { --accent: #d3b0ee; --accent-strong: #e3ccf5; --on-accent: #2a1140; --tint: #2e2140; }
  .aurora { --accent: #f5b584; --accent-strong: #fad0b0; --on-accent: #3b1a03; --tint: #3a2415; }
  .borealis { --accent: #8fd9b0; --accent-strong: #b5e7cb; --on-accent: #062c18; --tint: #12301f; }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.site { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; }
.notice { margin: 0; padding: .4rem 1rem; background: var(--ink); color: var(--page); text-align: center; font-size: .875rem; }
header { background: var(--surface); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; max-width: 64rem; margin: 0 auto; padding: .9rem 1.5rem; }
.mark { display: flex; align-items: center; gap: .65rem; margin: 0 auto 0 0; color: var(--ink); font-weight: 650; text-decoration: none; }
.mark svg { width: 1.75rem; height: 1.75rem; flex: none; color: var(--accent); }
.who { margin: 0; color: var(--muted); font-size: .9375rem; overflow-wrap: anywhere; }
main { flex: 1; width: 100%; max-width: 64rem; margin: 0 auto; padding: 2rem 1.5rem 3rem; overflow-wrap: anywhere; }
main.narrow { max-width: 34rem; }
footer { padding: 1.25rem 1.5rem 1.75rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; text-align: center; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 0 0 .35rem; font-size: 1.125rem; line-height: 1.35; font-weight: 650; }
h3 { margin: 0; font-size: 1rem; line-height: 1.4; font-weight: 650; }
p { margin: 0 0 1rem; }
p:last-child { margin-bottom: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
.lead { max-width: 42rem; color: var(--muted); font-size: 1.0625rem; }
.muted { color: var(--muted); }
.small { font-size: .9375rem; }
.after { margin-top: 1.25rem; }
.card { margin: 1.5rem 0 0; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: .625rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.25rem; margin: 1.75rem 0 0; padding: 0; list-style: none; }
.cards > * { display: flex; flex-direction: column; margin: 0; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: .625rem; }
.cards .button { margin-top: auto; padding: .5rem .75rem; }
.kind { margin: 0 0 .35rem; color: var(--muted); font-size: .8125rem; font-weight: 600; letter-spacing: .05em; text-transform: uppercase; }
form { margin: 0; }
p.ended { margin: 0 0 1.25rem; padding: .75rem 1rem; }
.ask { margin-top: 1.25rem; }
.ask label { display: block; font-weight: 600; }
.ask .line { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .35rem; }
.ask input {
  flex: 0 1 14rem; min-width: 0; min-height: 2.875rem; padding: .5rem .75rem; font: inherit; text-transform: uppercase;
  color: var(--ink); background: var(--surface); border: 1px solid var(--field); border-radius: .4rem;
}
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: .5rem 1.25rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .4rem;
}
.button:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.button.second { color: var(--accent); background: transparent; }
.button.second:hover { color: var(--accent-strong); background: var(--tint); }
.button.slim { min-height: 2.5rem; padding: .25rem .9rem; font-size: .9375rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.people { display: grid; gap: .75rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.person {
  display: grid; grid-template-columns: auto 1fr; gap: .1rem 1rem; align-items: center; width: 100%; padding: .9rem 1rem; text-align: left;
  font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line); border-radius: .625rem; cursor: pointer;
}
.person:hover { border-color: var(--accent); background: var(--tint); }
.initials {
  display: flex; align-items: center; justify-content: center; grid-row: span 3; width: 2.75rem; height: 2.75rem; border-radius: 50%;
  background: var(--tint); color: var(--accent); font-weight: 650;
}
.person:hover .initials { background: var(--surface); }
.person strong { font-weight: 650; }
.person .small { color: var(--muted); overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { padding: 0 0 .75rem; text-align: left; }
caption .muted { display: block; font-size: .9375rem; }
th, td { padding: .6rem .75rem .6rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
thead th { border-top: 0; color: var(--muted); font-size: .875rem; overflow-wrap: normal; }
tbody th { width: 14rem; }
.attributes tbody th { width: 8.5rem; }
.attributes td.value { min-width: 10rem; }
.attributes .short { overflow-wrap: normal; }
code, .value { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.chip { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; background: var(--still-soft); color: var(--ink); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.chip.good { background: var(--good-soft); color: var(--good); }
.chip.wrong { background: var(--wrong-soft); color: var(--wrong); }
.verdict { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin: 0 0 1rem; }
.verdict .chip { font-size: .9375rem; padding: .15rem .8rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .9rem 1.5rem; margin: 0; }
.facts div { min-width: 0; }
dt { color: var(--muted); font-size: .875rem; }
dd { margin: 0; }
.stages { margin: 1rem 0 0; padding: 0; list-style: none; }
.stages > li { position: relative; padding: 0 0 1.25rem 2rem; }
.stages > li::before { content: ""; position: absolute; left: .3rem; top: .4rem; width: .8rem; height: .8rem; border-radius: 50%; background: var(--field); }
.stages > li::after { content: ""; position: absolute; left: .65rem; top: 1.4rem; bottom: -.2rem; width: 2px; background: var(--line); }
.stages > li:last-child { padding-bottom: 0; }
.stages > li:last-child::after { display: none; }
.stages > li.good::before { background: var(--good); }
.stages > li.wrong::before { background: var(--wrong); border-radius: .15rem; }
.stages h3 { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .6rem; }
.stages p { margin: .15rem 0 .35rem; }
.stages dl { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: 0; }
.stages dl div { display: flex; flex-wrap: wrap; gap: 0 .4rem; align-items: baseline; min-width: 0; }
@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 2.5rem; }
  .bar { padding: .75rem 1rem; }
  .who { order: 3; width: 100%; }
  .attributes tbody th, .attributes td.value { width: auto; min-width: 0; }
  h1 { font-size: 1.5rem; }
  .card, .cards > * { padding: 1.15rem 1rem; }
  .actions .button { width: 100%; }
  table, tbody, tr, th, td, caption { display: block; width: auto; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .6rem 0; border-top: 1px solid var(--line); }
  th, td { padding: 0; border-top: 0; }
  tbody th { width: auto; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--muted); font: .875rem/1.5 system-ui, sans-serif; }
}
@media (forced-colors: active) { .button, .person, .chip { border: 1px solid ButtonText; } }
`;
