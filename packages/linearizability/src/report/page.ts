/** The report's style sheet: light and dark, and states told by more than colour. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e6e9ec);--soft:light-dark(#d0d7de,#3a4149);
--bar:light-dark(#dbe7f5,#223549);--bad:light-dark(#b42318,#ff8a80);
--good:light-dark(#1a6b3c,#7fd8a0)}
body{font:14px/1.5 system-ui,sans-serif;margin:24px;color:var(--ink)}
h1{font-size:20px}h2{font-size:15px;margin:24px 0 4px}
.verdict{padding:2px 10px;border-radius:12px;border:2px solid currentColor;font-size:14px}
.linearizable{color:var(--good)}.not-linearizable{color:var(--bad)}
.scroll{overflow-x:auto;border:1px solid var(--soft);border-radius:6px}
section:focus{outline:2px solid var(--ink);outline-offset:4px}
svg text{font:12px ui-monospace,monospace;fill:var(--ink)}
.client{text-anchor:end}.lane{stroke:var(--soft)}
.bar rect{fill:var(--bar);stroke:var(--ink);stroke-width:1}
.pending rect{stroke-dasharray:4 3;fill-opacity:.4}
.culprit rect{fill:var(--bad);fill-opacity:.25;stroke:var(--bad);stroke-width:3}
.order{fill:none;stroke:var(--good);stroke-width:1.5;opacity:.7}
.point{fill:var(--good)}.chosen rect{stroke-width:3}.chosen .point{stroke:var(--ink);stroke-width:3}
.annotation rect{fill:var(--bad);opacity:.12}.annotation text{font-size:11px}
.state{min-height:1.5em;font-family:ui-monospace,monospace}
`;

/** The report's behaviour: steps through the order, moves between bands, saves one as SVG. */
export const PAGE_SCRIPT = `
'use strict';
const orders=JSON.parse(document.getElementById('orders').textContent);
const sections=[...document.querySelectorAll('section')];
const at=sections.map(()=>-1);
function show(band,place){
  const order=orders[band];
  at[band]=Math.max(-1,Math.min(order.length-1,place));
  const section=sections[band];
  for(const bar of section.querySelectorAll('.chosen'))bar.classList.remove('chosen');
  const step=order[at[band]];
  section.querySelector('.state').textContent=step===undefined?''
    :(at[band]+1)+' of '+order.length+': state '+step.state;
  if(step===undefined)return;
  const bar=document.getElementById('bar-'+band+'-'+step.bar);
  bar.classList.add('chosen');
  bar.scrollIntoView({block:'nearest',inline:'nearest'});
}
function save(band){
  const svg=document.getElementById('band-'+band).cloneNode(true);
  const style=document.createElementNS('http://www.w3.org/2000/svg','style');
  style.textContent=document.querySelector('style').textContent;
  svg.prepend(style);
  const link=document.createElement('a');
  link.href=URL.createObjectURL(new Blob([svg.outerHTML],{type:'image/svg+xml'}));
  link.download='history-'+band+'.svg';
  link.click();
}
function current(){return Math.max(0,sections.indexOf(document.activeElement))}
addEventListener('keydown',(event)=>{
  const band=current();
  const keys={ArrowRight:()=>show(band,at[band]+1),ArrowLeft:()=>show(band,at[band]-1),
    Home:()=>show(band,0),End:()=>show(band,orders[band].length-1),
    n:()=>sections[Math.min(sections.length-1,band+1)].focus(),
    p:()=>sections[Math.max(0,band-1)].focus(),s:()=>save(band)};
  const act=keys[event.key];
  if(act===undefined||event.ctrlKey||event.metaKey||event.altKey)return;
  event.preventDefault();
  act();
});
sections[0]?.focus();
`;
