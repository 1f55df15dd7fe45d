/* The report's style sheet. Colours only repeat what shapes say already. */

const LIGHT =
  '--paper:#fff;--ink:#1b2330;--mute:#566275;--line:#dce2ea;--soft:#f4f6f9;--bar:#e6edf7;' +
  '--edge:#6f86a8;--point:#1d5bb8;--good:#13713f;--bad:#b3261e;--bad-soft:#fbe3e1;' +
  '--fault:#7a5200;--fault-soft:#fbf0d5;--on-point:#fff';
const DARK =
  '--paper:#11151c;--ink:#e8edf4;--mute:#9caabb;--line:#2a3341;--soft:#191f29;--bar:#1f2c40;' +
  '--edge:#7b95bb;--point:#8ab8ff;--good:#62d196;--bad:#ff8d82;--bad-soft:#43201e;' +
  '--fault:#ecc06b;--fault-soft:#332a17;--on-point:#0b1526';

const SHELL = `*{box-sizing:border-box}
html{scroll-padding:12px 12px 110px}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;
background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header,main,footer{padding:0 24px}
header{padding-top:20px}
main{flex:1 0 auto}
main,section{min-width:0;max-width:100%}
h1{font-size:20px;line-height:1.3;margin:0;overflow-wrap:anywhere}
h2{font-size:16px;margin:0;overflow-wrap:anywhere}
p{margin:2px 0}
.facts,.why,.legend,.omitted{color:var(--mute)}
.top,.head{display:flex;gap:6px 14px;align-items:baseline;flex-wrap:wrap}
.top h1,.head h2{flex:1 1 auto}
.verdict{font-weight:650;padding:1px 12px;border:2px solid;border-radius:99px;white-space:nowrap}
.verdict.linearizable{color:var(--good)}
.verdict.not-linearizable{color:var(--bad)}
.verdict.unknown{color:var(--fault)}
button{font:inherit;font-size:13px;color:var(--ink);background:var(--soft);cursor:pointer;
border:1px solid var(--line);border-radius:6px;padding:2px 10px}
button:hover{border-color:var(--edge)}
button:focus-visible,a:focus-visible,section:focus-visible{outline:3px solid var(--point);
outline-offset:2px}
button[aria-pressed=true]{background:var(--point);color:var(--on-point)}
a{color:var(--point)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 0;padding:0;list-style:none;
font-size:13px}
.legend li{display:flex;align-items:center;gap:6px}
.index{margin:10px 0 0}
.index ul{display:flex;flex-wrap:wrap;gap:4px 6px;list-style:none;padding:0;margin:6px 0}
.index a{display:inline-block;text-decoration:none;border:1px solid var(--line);font-size:13px;
border-radius:6px;padding:0 8px;color:var(--ink);max-width:22em;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
section{margin:22px 0;scroll-margin:12px;border-radius:8px}
section:focus{outline:none}
section:focus-visible{outline:3px solid var(--point);outline-offset:6px}
.picture{display:flex;overflow-x:auto;border:1px solid var(--line);border-radius:8px;
margin-top:6px;background:var(--paper)}
.picture{scroll-padding-left:110px}
.picture svg{flex:none;display:block}
.names{position:sticky;left:0;background:var(--paper);border-right:1px solid var(--line);z-index:1}
.story{margin:8px 0 0;padding:0;list-style:none;font:13px/1.7 ui-monospace,monospace}
.story .no{color:var(--bad);font-weight:650}
.story i{font-style:normal;color:var(--mute)}
footer{position:sticky;bottom:0;background:var(--soft);border-top:1px solid var(--line);
padding-top:8px;padding-bottom:8px;min-height:64px;z-index:2}
footer strong{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
footer p{overflow-wrap:anywhere}
footer .no{color:var(--bad)}
dialog{color:var(--ink);background:var(--paper);border:1px solid var(--edge);border-radius:10px;
max-width:34em}
dialog dl{display:grid;grid-template-columns:auto 1fr;gap:4px 14px;margin:8px 0}
dialog dd{margin:0}
kbd{font:12px ui-monospace,monospace;border:1px solid var(--edge);border-radius:4px;padding:0 5px}
.bar{cursor:pointer}
@media print{footer,button,.index{display:none}.picture{overflow:visible;border:0}}
`;

const PICTURES = `svg text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
fill:var(--ink)}
.client{text-anchor:end;font-weight:600}
.lane{stroke:var(--line);stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2;fill:none}
.tick{stroke:var(--line);stroke-width:1;fill:none}
svg .time{font-size:10.5px;fill:var(--mute)}
.box{fill:var(--bar);stroke:var(--edge);stroke-width:1.2}
.info .box,.late .box{fill:var(--paper);stroke-dasharray:5 3}
.fail .box{fill:none;stroke:var(--edge);stroke-dasharray:1 3}
.fail text{text-decoration:line-through;fill:var(--mute)}
.culprit .box{fill:var(--bad-soft);stroke:var(--bad);stroke-width:2.2}
.culprit text{font-weight:700;paint-order:stroke;stroke:var(--bad-soft);stroke-width:4px;
stroke-linejoin:round}
.hatch{stroke:var(--bad);stroke-width:1.6;opacity:.55}
.dot{fill:var(--fault);opacity:.4}
.shade{fill:var(--fault-soft);opacity:.6}
.tab{fill:var(--fault)}
.side{stroke:var(--fault);stroke-width:1;stroke-dasharray:2 3;opacity:.7}
.span text{font-size:11.5px;fill:var(--fault);font-weight:600}
.point,.refusal{display:none;pointer-events:none}
.point.on,.refusal.on{display:inline}
.point rect{fill:var(--point);stroke:var(--paper);stroke-width:1.5}
.point text,.legend .point text{fill:var(--on-point);text-anchor:middle;font-size:10px;
font-weight:700}
.edge{fill:none;stroke:var(--point);stroke-width:1.8;opacity:.75}
.refusal circle{fill:var(--paper);stroke:var(--bad);stroke-width:1.8}
.refusal .edge{stroke:var(--bad);stroke-dasharray:4 4}
.cross{stroke:var(--bad);stroke-width:2.2;stroke-linecap:round;fill:none}
.ahead{opacity:.42}
.out:not(.culprit) .box{fill-opacity:.35;stroke-opacity:.5}
.out:not(.culprit) text{fill:var(--mute)}
.now .box{stroke:var(--ink);stroke-width:2.6}
.point.now rect{stroke:var(--ink);stroke-width:2.4}
.only .bar:not(.kept){opacity:.15}
.only .point{opacity:.25}
`;

/** For a `style` element. What follows its last comment goes into saved pictures as well. */
export function pageStyle(): string {
  return `
:root{color-scheme:light;${LIGHT}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${DARK}}}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
${SHELL}/* pictures */
${PICTURES}`;
}
