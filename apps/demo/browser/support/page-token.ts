/** Imported before the page: with a token it takes itself for one that a supervisor serves. */
const meta = document.createElement('meta');
meta.name = 'demo-token';
meta.content = 'a-token';
document.head.append(meta);
