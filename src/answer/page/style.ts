/** The background of the page in light schemes and in dark ones. */
export const BACKGROUNDS = { light: "#faf9f6", dark: "#141311" } as const;

/** The accent of the page in light schemes. Text never has this colour. */
export const ACCENT = "#c73e16";

/**
 * The style of every page. It is compact because each page carries it.
 *
 * `html` is weaker than `:root`, so that the colours of a site win. The headings of the languages that `h1` lists have room:
 * their letters reach higher or lower than Latin ones, or must not be pushed closer.
 */
export const STYLE: string =
  `html{--background:${BACKGROUNDS.light};--text:#1d1b18;--muted:#615c54;--accent:${ACCENT};--accent-text:#fff}
@media (prefers-color-scheme:dark){html{--background:${BACKGROUNDS.dark};--text:#f2efea;--muted:#aaa399;--accent:#ff8a5c;--accent-text:#1d0c04}}
*{box-sizing:border-box;margin:0}
:root,[lang]{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI Variable Text","Segoe UI",Roboto,"Noto Sans",system-ui,"Helvetica Neue",Arial,var(--script,sans-serif),sans-serif}
:root{color-scheme:light dark;background:var(--background);color:var(--text);font-size:clamp(1rem,max(.9rem + .25vw,.95vw),3rem);line-height:1.6;-webkit-text-size-adjust:100%;text-size-adjust:100%;overflow-wrap:anywhere;--line:color-mix(in srgb,var(--text) 16%,var(--background))}
:lang(zh){--script:"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC","Noto Sans SC"}
:lang(zh-Hant),:lang(zh-TW),:lang(zh-HK){--script:"PingFang TC","Microsoft JhengHei UI","Noto Sans CJK TC","Noto Sans TC"}
:lang(ja){--script:"Hiragino Sans","Yu Gothic UI",Meiryo,"Noto Sans CJK JP","Noto Sans JP"}
:lang(ko){--script:"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR","Noto Sans KR";word-break:keep-all}
:lang(ar),:lang(fa),:lang(ur){--script:"SF Arabic","Geeza Pro","Noto Sans Arabic","Noto Naskh Arabic"}
body{position:relative;display:grid;grid-template-rows:auto 1fr auto;gap:clamp(1.5rem,5vh,5rem);min-height:100vh;min-height:100svh;padding:clamp(1.25rem,4.5vmin,5rem) clamp(1.5rem,7vw,12rem)}
a{color:inherit;text-decoration:underline var(--accent) .09em;text-underline-offset:.22em}
a:hover{text-decoration-thickness:.16em}
:focus-visible{outline:.18rem solid var(--text);outline-offset:.25rem;border-radius:.25rem}
bdi,time{unicode-bidi:isolate}
.site{display:inline-flex;align-items:center;gap:.75em;max-width:100%;min-height:2.75rem;font-weight:600;text-decoration:none}
.site img{max-width:min(100%,14rem);height:2.25rem;object-fit:contain}
main{grid-row:2;align-self:center;max-width:44rem}
footer{grid-row:3}
h1{font-size:clamp(2rem,1rem + min(3.8vw,7.5vh),4.5rem);font-weight:650;line-height:1.06;letter-spacing:-.03em;text-wrap:balance;hyphens:auto}
:is([dir=rtl],:lang(zh),:lang(ja),:lang(ko),:lang(th),:lang(lo),:lang(km),:lang(my),:lang(hi),:lang(mr),:lang(ne),:lang(bn),:lang(ta),:lang(te),:lang(kn),:lang(ml),:lang(gu),:lang(pa),:lang(si)) h1{line-height:1.35;letter-spacing:0}
:lang(ja) h1{word-break:auto-phrase}
p{max-width:34rem;text-wrap:pretty}
.lead{margin-block:1.1em 1.5em;color:var(--muted);font-size:1.2rem;line-height:1.5}
.row{padding-block:1rem;border-block-start:max(1px,.06rem) solid var(--line)}
.form,.end{font-weight:600}
.reason{white-space:pre-line}
.end{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1.5rem;font-variant-numeric:tabular-nums}
#left{font-weight:400}
#left,.next,footer span{color:var(--muted)}
[role=status]{font-weight:600}
[role=status]:not(:empty){padding-block:1rem;border-block-start:max(1px,.06rem) solid var(--line)}
button{min-height:2.75rem;margin-block-start:.5rem;padding:.55em 1.3em;border:1px solid var(--muted);border-radius:9em;background:var(--background);color:var(--text);font:inherit;font-weight:600;cursor:pointer}
button:hover{border-color:var(--text)}
form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;max-width:34rem;margin-block-start:1.5rem}
form>:not(input,button){flex-basis:100%}
label,[role=alert]{font-weight:600}
input{flex:1 1 12rem;min-width:0;min-height:2.75rem;padding:.55em 1em;border:1px solid var(--muted);border-radius:.5rem;background:var(--background);color:var(--text);font:inherit}
form button{margin:0}
#back{border-color:transparent;background:var(--accent);color:var(--accent-text)}
#back:hover{box-shadow:0 0 0 .2rem var(--line)}
[hidden]{display:none}
footer a{display:inline-flex;flex-wrap:wrap;align-items:center;gap:0 .6em;min-height:2.75rem}
footer a:not(:hover){text-decoration:none}
footer a :last-child{text-decoration:underline var(--accent) .09em}
.art{position:absolute;z-index:-1;inset:0;overflow:hidden;pointer-events:none}
.art svg{--size:84vmax;position:absolute;top:calc(86vh - var(--size)/2);inset-inline-end:calc(8vw - var(--size)/2);width:var(--size);height:var(--size);mask-image:linear-gradient(90deg,#0000 4%,#000 28%)}
@media (max-width:60rem){.art svg{--size:min(100vw,70vh);top:calc(var(--size)/-2);inset-inline-end:calc(var(--size)/-2 + 4vw)}.art g{rotate:-115deg}}
.art circle{fill:none;stroke:var(--line);stroke-width:max(1px,.06rem);vector-effect:non-scaling-stroke}
.art .dot{fill:var(--accent);stroke:none}
[dir=rtl] .art svg{transform:scaleX(-1)}
@media (prefers-reduced-motion:no-preference){.art g{animation:turn 4s cubic-bezier(.2,.7,.1,1)}@keyframes turn{from{transform:rotate(-50deg)}}}
@media (forced-colors:active),print{.art{display:none}}
@media print{:root{--background:#fff;--text:#000;--muted:#333;--line:#999}body{min-height:0}button,form{display:none}a[href^=http]::after{content:" "attr(href)}}
`;

/** The hash of the style, as `Content-Security-Policy` names it. A test of the page computes it and says what it has to be. */
export const STYLE_HASH = "sha256-3RBWQjaPuGrt1Kc1fERF+deW+xomnkpBUHfu6dV7N4g=";
