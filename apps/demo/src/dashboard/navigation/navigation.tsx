import { useRef } from 'preact/hooks';

import { isConnected } from '../feed.ts';
import { chooseTheme, theme } from '../theme.ts';
import { openScreen, screen } from './route.ts';
import { screenBeside, type ScreenInfo, screens } from './screens.ts';

const themeTexts = { auto: '◐ System', dark: '● Dark', light: '○ Light' } as const;
const stepOfKey: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** The way from screen to screen: links, arrow keys, or `g` and a letter anywhere. */
export function Navigation() {
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent): void => {
    const steps = stepOfKey[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    const next = screenBeside(screen.value.id, steps);
    openScreen(next.id);
    list.current?.querySelector<HTMLElement>(`[href="#${next.id}"]`)?.focus();
  };
  const [sign, text] = connectionOf(isConnected.value);
  return (
    <nav class="navigation" aria-label="Screens">
      <a class="brand" href="#cluster" tabindex={-1} aria-label="Corkboard">
        <Mark />
        <span>
          <b>Corkboard</b>
          <small>on Quorate</small>
        </span>
      </a>
      <ul ref={list} onKeyDown={move}>
        {screens.map((each) => (
          <Item key={each.id} info={each} />
        ))}
      </ul>
      <div class="navigation-foot">
        <p class={isConnected.value === false ? 'connection lost' : 'connection'} role="status">
          <span aria-hidden="true">{sign}</span> {text}
        </p>
        <button
          class="quiet"
          type="button"
          onClick={chooseTheme}
          aria-label={`Theme: ${theme.value}. Change it`}
        >
          {themeTexts[theme.value]}
        </button>
      </div>
    </nav>
  );
}

function connectionOf(isThere: boolean | undefined): readonly [sign: string, text: string] {
  if (isThere === undefined) return ['○', 'starting'];
  return isThere ? ['●', 'live'] : ['✕', 'not connected'];
}

function Item({ info }: { readonly info: ScreenInfo }) {
  const isCurrent = info.id === screen.value.id;
  return (
    <li>
      <a
        href={`#${info.id}`}
        tabindex={isCurrent ? 0 : -1}
        {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
        aria-label={info.title}
        aria-keyshortcuts={`g ${info.key}`}
        onClick={(event: MouseEvent) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          openScreen(info.id);
        }}
      >
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path d={info.icon} />
        </svg>
        <span class="long">{info.title}</span>
        <span class="short">{info.shortTitle}</span>
        <kbd aria-hidden="true">g {info.key}</kbd>
      </a>
    </li>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 40 40" width="34" height="34" aria-hidden="true">
      <rect x="3" y="3" width="34" height="34" rx="9" fill="var(--cork)" />
      <path d="M12 12h16v17H12z" fill="var(--paper)" transform="rotate(-5 20 20)" />
      <path d="M15 19.5l9-.8M15.3 23l9-.8" stroke="var(--cork)" stroke-width="1.6" fill="none" />
      <circle cx="20" cy="11.5" r="3.6" fill="var(--pin)" />
    </svg>
  );
}
