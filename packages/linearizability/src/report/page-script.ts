/**
 * The report's behaviour. All orders are in the pictures already: this shows and hides them, and
 * says in words what is chosen. It draws nothing and takes no text for markup.
 *
 * The data of a band: `bars` are [text, client, call, return, kind, note, end, isCulprit], `points`
 * are [parent, bar, number, state], both by their index; `longest` and `end` are points.
 */
export const PAGE_SCRIPT = `
'use strict';
const bands=JSON.parse(document.getElementById('bands').textContent);
const sections=[...document.querySelectorAll('section')];
const detail=document.querySelector('footer');
const byId=(id)=>document.getElementById(id);
const barAt=(band,bar)=>byId('b'+band+'-'+bar);
const pointAt=(band,point)=>byId('p'+band+'-'+point);
/* What is chosen in each band: the end of the order shown, the point reached, the bar. */
const fresh=(band)=>({end:bands[band].longest,point:-1,bar:-1});
const chosen=bands.map((_,band)=>fresh(band));
let focused=0;

function orderTo(band,end){
  const path=[];
  for(let at=end;at!==-1;at=bands[band].points[at][0])path.unshift(at);
  return path;
}
function paint(band,{end,point,bar}){
  const section=sections[band];
  for(const each of section.querySelectorAll('.on,.now,.ahead,.out'))
    each.classList.remove('on','now','ahead','out');
  const path=orderTo(band,end);
  const reached=point===-1?path.length:path.indexOf(point)+1;
  const inOrder=new Set();
  path.forEach((at,index)=>{
    inOrder.add(bands[band].points[at][1]);
    pointAt(band,at).classList.add('on');
    if(index>=reached)pointAt(band,at).classList.add('ahead');
  });
  if(point!==-1)pointAt(band,point).classList.add('now');
  for(const each of section.querySelectorAll('[data-end="'+band+'-'+end+'"]'))
    each.classList.add('on',...(reached<path.length?['ahead']:['on']));
  bands[band].bars.forEach((_,index)=>{
    if(!inOrder.has(index))barAt(band,index).classList.add('out');
  });
  if(bar!==-1)barAt(band,bar).classList.add('now');
  tell(band,{end,point,bar},path);
}
function line(tag,text,name){
  const element=document.createElement(tag);
  element.textContent=text;
  if(name)element.className=name;
  return element;
}
function whenOf([,,call,back,kind]){
  if(kind==='info')return 'called at '+call+', never answered';
  if(kind==='late')return 'called at '+call+', answered at '+back+', after the impossible answer';
  if(kind==='fail')return 'called at '+call+', failed for certain at '+back+': it does not count';
  return 'called at '+call+', answered at '+back;
}
function tell(band,{end,point,bar},path){
  const {bars,points,refused,initial}=bands[band];
  const at=point!==-1?path.indexOf(point):path.findIndex((each)=>points[each][1]===bar);
  const before=at>0?points[path[at-1]][3]:initial;
  const last=path.length>0?points[path[path.length-1]][3]:initial;
  const shown=bar!==-1?bar:at!==-1?points[path[at]][1]:-1;
  if(shown===-1){
    detail.replaceChildren(line('p','The order shown has '+path.length+' step'+
      (path.length===1?'':'s')+'. Step through it with the arrow keys, or choose an operation. '+
      'Press ? for all keys.'));
    return;
  }
  const [text,client,,,kind,note,,isCulprit]=bars[shown];
  const head=line('p','Client '+client+': ');
  head.append(line('strong',text),line('span',' — '+whenOf(bars[shown])));
  const lines=[head];
  if(at!==-1)lines.push(line('p','Takes effect as step '+points[path[at]][2]+' of '+
    points[path[path.length-1]][2]+'. State before: '+before+', after: '+points[path[at]][3]));
  else if((refused[end]||[]).includes(shown))
    lines.push(line('p','✗ Refused at the end of this order, where the state is '+last,'no'));
  else if(kind!=='fail')lines.push(line('p','Takes no effect in the order shown.'));
  if(isCulprit&&at===-1)
    lines.push(line('p','✗ No order of all operations allows this answer.','no'));
  if(note)lines.push(line('p','Note: '+note));
  detail.replaceChildren(...lines);
}
function choose(band,what,options){
  chosen[band]=what;
  focused=band;
  paint(band,what);
  const bar=what.bar!==-1?what.bar:what.point===-1?-1:bands[band].points[what.point][1];
  address(bar===-1?'':'#b'+band+'-'+bar);
  if(bar!==-1&&(!options||!options.quiet))
    barAt(band,bar).scrollIntoView({block:'nearest',inline:'center'});
}
/* The link to what is chosen. Where a page may not touch its address, there is none. */
function address(hash){
  try{history.replaceState(null,'',location.href.split('#')[0]+hash)}catch{}
}
function chooseBar(band,bar,options){
  const end=bands[band].bars[bar][6];
  const shown=end===-1?bands[band].longest:end;
  const point=orderTo(band,shown).find((at)=>bands[band].points[at][1]===bar);
  choose(band,{end:shown,point:point===undefined?-1:point,bar},options);
}
/* Behind the last step stands what is refused there: one more press shows it. */
function step(band,by){
  const {end,point,bar}=chosen[band];
  const path=orderTo(band,end);
  const no=bands[band].refused[end]||[];
  const size=path.length+no.length;
  if(size===0)return;
  const at=point!==-1?path.indexOf(point):no.includes(bar)?path.length+no.indexOf(bar):-1;
  const to=Math.max(0,Math.min(size-1,by===-Infinity?0:by===Infinity?size-1:at+by));
  if(to<path.length)choose(band,{end,point:path[to],bar:bands[band].points[path[to]][1]});
  else choose(band,{end,point:-1,bar:no[to-path.length]});
}
/* The bar of the next client with bars, up or down, that is nearest in time. */
function jump(band,by){
  const {bar,point}=chosen[band];
  const from=bar!==-1?bar:point!==-1?bands[band].points[point][1]:0;
  const box=(each)=>barAt(band,each).getBBox();
  const here=box(from);
  let best=-1,bestAway=Infinity;
  bands[band].bars.forEach((_,each)=>{
    const there=box(each);
    const down=Math.round(there.y-here.y)*by;
    if(down<=0)return;
    const apart=Math.max(0,there.x-here.x-here.width,here.x-there.x-there.width);
    const away=down*10000+apart*10+Math.abs(there.x-here.x)/100;
    if(away<bestAway){best=each;bestAway=away}
  });
  if(best!==-1)chooseBar(band,best);
}
/* As a file of its own: both parts, the styles with their colours filled in, the title. */
function pictureOf(band){
  const names=byId('names-'+band).cloneNode(true),plot=byId('plot-'+band).cloneNode(true);
  const size=(svg,name)=>Number(svg.getAttribute(name));
  const left=size(names,'width'),width=left+size(plot,'width'),height=size(plot,'height')+34;
  const ns='http://www.w3.org/2000/svg';
  const picture=document.createElementNS(ns,'svg');
  picture.setAttribute('xmlns',ns);
  picture.setAttribute('width',width);
  picture.setAttribute('height',height);
  picture.setAttribute('viewBox','0 0 '+width+' '+height);
  const colours=getComputedStyle(document.documentElement);
  const style=document.createElementNS(ns,'style');
  style.textContent=document.querySelector('style').textContent.split('*/').pop()
    .replace(/var\\((--[a-z-]+)\\)/g,(_,name)=>colours.getPropertyValue(name).trim());
  const paper=document.createElementNS(ns,'rect');
  paper.setAttribute('width',width);
  paper.setAttribute('height',height);
  paper.setAttribute('fill',colours.getPropertyValue('--paper').trim());
  const title=document.createElementNS(ns,'text');
  title.setAttribute('x',10);
  title.setAttribute('y',20);
  title.textContent=sections[band].querySelector('h2').textContent;
  names.setAttribute('y',34);
  plot.setAttribute('x',left);
  plot.setAttribute('y',34);
  if(sections[band].classList.contains('only'))plot.classList.add('only');
  picture.append(style,paper,title,names,plot);
  return new XMLSerializer().serializeToString(picture);
}
function save(band){
  const link=document.createElement('a');
  link.href=URL.createObjectURL(new Blob([pictureOf(band)],{type:'image/svg+xml'}));
  link.download='history-'+band+'.svg';
  link.click();
  setTimeout(()=>URL.revokeObjectURL(link.href),10000);
}
function focusBand(band){
  focused=Math.max(0,Math.min(sections.length-1,band));
  sections[focused].focus();
  sections[focused].scrollIntoView({block:'nearest'});
  paint(focused,chosen[focused]);
}
function toggleTheme(){
  const root=document.documentElement;
  const isDark=root.dataset.theme==='dark'||
    (root.dataset.theme===undefined&&matchMedia('(prefers-color-scheme:dark)').matches);
  root.dataset.theme=isDark?'light':'dark';
}
function toggleOnly(band){
  const button=sections[band].querySelector('[data-act=only]');
  if(button===null)return;
  const isOn=sections[band].classList.toggle('only');
  button.setAttribute('aria-pressed',isOn);
}
const acts={save,only:toggleOnly,theme:toggleTheme,help:()=>byId('help').showModal()};
const keys={ArrowRight:(band)=>step(band,1),ArrowLeft:(band)=>step(band,-1),
  ArrowDown:(band)=>jump(band,1),ArrowUp:(band)=>jump(band,-1),
  Home:(band)=>step(band,-Infinity),End:(band)=>step(band,Infinity),
  Escape:(band)=>choose(band,fresh(band)),n:(band)=>focusBand(band+1),
  p:(band)=>focusBand(band-1),c:()=>focusBand(0),o:toggleOnly,s:save,t:toggleTheme,
  '?':acts.help};
addEventListener('keydown',(event)=>{
  if(event.ctrlKey||event.metaKey||event.altKey||byId('help').open)return;
  if(!Object.hasOwn(keys,event.key)||sections.length===0)return;
  event.preventDefault();
  keys[event.key](focused);
});
addEventListener('click',(event)=>{
  const button=event.target.closest('[data-act]');
  if(button!==null){
    const section=button.closest('section');
    acts[button.dataset.act](section===null?focused:sections.indexOf(section));
  }
});
sections.forEach((section,band)=>{
  section.addEventListener('focusin',()=>{focused=band});
  const over=(event)=>{
    const bar=event.target.closest('.bar');
    return bar===null?-1:Number(bar.id.split('-')[1]);
  };
  section.querySelector('.picture').addEventListener('click',(event)=>{
    const bar=over(event);
    if(bar===-1||(bar===chosen[band].bar&&event.detail===1))choose(band,fresh(band));
    else chooseBar(band,bar,{quiet:true});
  });
  section.addEventListener('pointerover',(event)=>{
    const bar=over(event);
    if(bar===-1)return paint(band,chosen[band]);
    const kept=chosen[band];
    const end=bands[band].bars[bar][6];
    const shown=end===-1?kept.end:end;
    const point=orderTo(band,shown).find((at)=>bands[band].points[at][1]===bar);
    paint(band,{end:shown,point:point===undefined?-1:point,bar});
  });
  section.addEventListener('pointerleave',()=>paint(band,chosen[band]));
});
function follow(){
  const [,band,bar]=/^#b(\\d+)-(\\d+)$/.exec(location.hash)||[];
  if(band!==undefined&&barAt(band,bar)!==null)chooseBar(Number(band),Number(bar));
  else if(sections.length>0)paint(0,chosen[0]);
}
addEventListener('hashchange',follow);
follow();
`;
