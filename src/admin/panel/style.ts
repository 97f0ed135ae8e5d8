/** The style of the panel. */
export const STYLE: string =
  `:root{color-scheme:light dark;--background:#faf9f6;--surface:#fff;--text:#1d1b18;--muted:#615c54;--line:#ddd8cf;--open:#0b6b3a;--open-soft:#e2f3e8;--closed:#b02a10;--closed-soft:#fdebe6;--reading:#7a5300;--reading-soft:#fbf0d5;--planned:#1b5a96;--planned-soft:#e5f0fa;background:var(--background);color:var(--text);font:1rem/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans",system-ui,sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){:root{--background:#141311;--surface:#1f1d1a;--text:#f2efea;--muted:#b0a99f;--line:#3a3631;--open:#7fd6a2;--open-soft:#17301f;--closed:#ff9d80;--closed-soft:#3a1b12;--reading:#f0c66b;--reading-soft:#33270d;--planned:#93c4f2;--planned-soft:#152a3d}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
body{max-width:46rem;margin-inline:auto;padding:1rem clamp(1rem,4vw,2rem) 3rem}
header,.head{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem}
.brand{font-weight:600}
main{display:grid;gap:1.75rem}
h1{margin-block-start:1rem;font-size:clamp(1.75rem,6vw,2.5rem);font-weight:650;line-height:1.15;letter-spacing:-.02em;text-wrap:balance}
h1::before{content:"";display:inline-block;width:.55em;height:.55em;margin-inline-end:.35em;border-radius:50%;background:var(--tone,var(--line))}
h2{font-size:1.15rem;line-height:1.3}
.card h2,h3{font-size:1.05rem;line-height:1.3}
section>h2{margin-block-end:.6rem}
ul,ol{display:grid;gap:.5rem;padding:0;list-style:none}
.muted,.hint{color:var(--muted)}
.hint{font-size:.875rem}
.card{display:grid;gap:.9rem;padding:1rem;border:1px solid var(--line);border-radius:.9rem;background:var(--surface)}
#windows{margin-block-start:.6rem;gap:.75rem}
.badge{display:inline-block;padding:.1rem .7rem;border-radius:9em;background:var(--soft,var(--line));color:var(--tone,var(--text));font-size:.875rem;font-weight:650}
[data-tone=open]{--tone:var(--open);--soft:var(--open-soft)}
[data-tone=closed]{--tone:var(--closed);--soft:var(--closed-soft)}
[data-tone=reading]{--tone:var(--reading);--soft:var(--reading-soft)}
[data-tone=planned]{--tone:var(--planned);--soft:var(--planned-soft)}
.verdict .badge{padding:.45rem 1rem;font-size:1.1rem}
#because li{padding-inline-start:.9rem;border-inline-start:.2rem solid var(--line)}
#processes>li{display:grid;grid-template-columns:1fr auto;gap:.15rem 1rem;align-items:center;padding-block-start:.6rem;border-block-start:1px solid var(--line)}
.host{color:var(--muted);font-size:.9rem}
.host b{color:var(--text);font-size:1rem}
.numbers,.held{grid-column:1/-1;color:var(--muted);font-size:.9rem;font-variant-numeric:tabular-nums}
.held{gap:.1rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.95em}
button,input,textarea{font:inherit;color:inherit}
button{min-height:2.75rem;padding:.45em 1.1em;border:1px solid var(--muted);border-radius:.7rem;background:var(--surface);font-weight:600;cursor:pointer}
button:hover{border-color:var(--text)}
button:disabled{opacity:.6;cursor:progress}
button.primary{border-color:var(--text);background:var(--text);color:var(--background)}
button.plain{border-color:transparent;background:none;text-decoration:underline;text-decoration-color:var(--muted);text-underline-offset:.25em}
:focus-visible,input:focus-within,textarea:focus{outline:.18rem solid var(--planned);outline-offset:.15rem}
.switch{display:grid;grid-template-columns:1fr 1.4fr 1.1fr;gap:.25rem;padding:.25rem;border-radius:.9rem;background:var(--background);border:1px solid var(--line)}
.switch button{min-height:3rem;padding-inline:0;font-size:.95rem;white-space:nowrap;border-color:transparent;background:none}
.switch button[aria-pressed=true]{background:var(--soft);border-color:var(--tone);color:var(--tone)}
.switch [data-mode=off]{--tone:var(--open);--soft:var(--open-soft)}
.switch [data-mode=on]{--tone:var(--closed);--soft:var(--closed-soft)}
.switch [data-mode=read-only]{--tone:var(--reading);--soft:var(--reading-soft)}
.switch button[aria-pressed=true]::before{content:"✓ "}
.actions{display:flex;flex-wrap:wrap;margin:-.35rem -.9rem -.6rem}
.actions button{padding-inline:.9rem;font-size:.95rem}
.reasons:empty{display:none}
.reasons p{white-space:pre-line}
.reasons b{color:var(--muted);font-size:.85rem;font-weight:600}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem;font-size:.95rem}
dt{color:var(--muted)}
dd{margin:0}
#history li{padding-block-end:.5rem;border-block-end:1px solid var(--line);font-size:.95rem}
#history time{color:var(--muted);font-variant-numeric:tabular-nums}
footer{margin-block-start:2rem;font-size:.875rem}
.alert{padding:.7rem 1rem;border:1px solid var(--closed);border-radius:.7rem;background:var(--closed-soft);font-weight:600}
dialog{width:min(36rem,100vw - 1rem);max-width:none;max-height:calc(100dvh - 1rem);margin:auto;padding:1.1rem;overflow:auto;border:1px solid var(--line);border-radius:1rem;background:var(--surface);color:var(--text)}
dialog::backdrop{background:#0008}
dialog,form{display:grid;gap:1rem}
dialog:not([open]){display:none}
fieldset{display:grid;justify-items:start;gap:.6rem;min-width:0;padding:0;border:0}
legend,label{padding:0;font-weight:600}
legend{margin-block-end:.4rem}
fieldset>div,.modes label{width:100%}
fieldset>.plain{margin-inline-start:-1.1em}
input:not([type=radio],[type=checkbox]),textarea{width:100%;font-weight:400;min-width:0;min-height:2.75rem;padding:.5em .8em;border:1px solid var(--muted);border-radius:.6rem;background:var(--background)}
textarea{resize:vertical;field-sizing:content}
[aria-invalid]{border-color:var(--closed)!important;outline:1px solid var(--closed)}
::placeholder{color:var(--muted);opacity:1;font-style:italic}
.modes{grid-auto-flow:column;grid-auto-columns:1fr;gap:.25rem}
.modes label{position:relative;display:grid}
.modes input{position:absolute;inset:0;opacity:0;cursor:pointer}
.modes span{display:grid;place-items:center;min-height:3rem;padding:.3rem 0;font-size:.95rem;font-weight:600;white-space:nowrap;border:1px solid var(--line);border-radius:.7rem;background:var(--background);text-align:center}
.modes input:checked+span{border-color:var(--text);background:var(--text);color:var(--background)}
.modes input:focus-visible+span{outline:.18rem solid var(--planned);outline-offset:.15rem}
.reason{display:grid;grid-template-columns:4.5rem 1fr auto;gap:.4rem;align-items:start}
.repeat{display:grid;grid-template-columns:1fr 2fr auto;gap:.4rem;align-items:end}
.repeat label:nth-of-type(1){grid-column:1/-1}
.repeat label,.time{display:grid;gap:.2rem}
.remove{min-width:2.75rem;padding:0}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin-block-start:.3rem}
.chip{padding:.2em .8em;border-color:var(--line);border-radius:9em;font-size:.9rem}
details,.where{display:grid;gap:.4rem}
:is(details[open],.where)>:is(input,textarea){margin-block-end:.6rem}
summary{min-height:2.75rem;padding-block:.6rem;font-weight:600;cursor:pointer}
.check{display:flex;align-items:center;gap:.6rem;min-height:2.75rem;font-weight:400}
.check input{width:1.3rem;height:1.3rem}
.buttons .alert{flex-basis:100%;margin:0;max-block-size:40vh;overflow:auto}
.buttons{position:sticky;bottom:-1.1rem;display:flex;flex-wrap:wrap;justify-content:flex-end;gap:.5rem;margin:0 -1.1rem -1.1rem;padding:.8rem 1.1rem 1.1rem;border-block-start:1px solid var(--line);background:var(--surface)}
#copied{min-height:1.5em;font-weight:600}
[data-stale] main{opacity:.75}
@media (forced-colors:active){.badge,.switch button[aria-pressed=true]{border:1px solid}.modes input:checked+span{border-width:3px}}
`;

/** The hash of the style, as `Content-Security-Policy` names it. A test of the page computes it and says what it has to be. */
export const STYLE_HASH = "sha256-F6sMMlF3AwSIELsCRnhMlXE/8VadUGSf0fhVRbtX9AE=";
