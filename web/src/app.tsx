import { useEffect, useRef } from 'react';
import { useLanguage, useT } from './i18n';
import { hrefOf, type Route, useRoute } from './router';
import { Create } from './sections/create';
import { History } from './sections/history';
import { KeyDialog } from './sections/key_dialog';
import { Slides } from './sections/slides';
import { System } from './sections/system';
import { ComparePage, VideoPage } from './sections/video_page';
import { useCanPresent } from './state/features';
import { useJobs } from './state/jobs';
import { themes, useTheme } from './state/theme';
import { Icon, type IconName } from './ui/icons';
import { isFinal } from './api/follow_job';

const pages = ['create', 'slides', 'history', 'system'] as const;

export function App() {
  const t = useT();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const address = hrefOf(route);
  const before = useRef(address);
  // A new page begins at its top, also for who hears it.
  useEffect(() => {
    if (before.current === address) return;
    before.current = address;
    window.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [address]);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.querySelector<HTMLElement>('h1')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <TopBar route={route} />
      <main id="main" ref={main}>
        <Page route={route} />
      </main>
      <KeyDialog />
    </div>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'create':
      return <Create />;
    case 'slides':
      return <Slides />;
    case 'history':
      return <History />;
    case 'system':
      return <System />;
    case 'video':
      return <VideoPage key={route.id} id={route.id} />;
    case 'compare':
      return <ComparePage ids={route.ids} />;
  }
}

function TopBar({ route }: { route: Route }) {
  const t = useT();
  const { jobs } = useJobs();
  const canPresent = useCanPresent();
  const shown = pages.filter((page) => page !== 'slides' || canPresent);
  const running = jobs?.filter((job) => !isFinal(job)).length ?? 0;
  const current = route.page === 'video' || route.page === 'compare' ? 'history' : route.page;
  return (
    <header className="top-bar">
      <a className="brand" href="#/">
        <BrandMark />
        <span>Ditto Avatar</span>
      </a>
      <nav aria-label={t('nav.label')}>
        {shown.map((page) => (
          <a
            key={page}
            href={hrefOf({ page })}
            aria-current={page === current ? 'page' : undefined}
          >
            <Icon name={page as IconName} />
            <span>{t(`nav.${page}`)}</span>
            {page === 'history' && running > 0 && (
              <span className="count" aria-label={t('nav.running', { count: running })}>
                {running}
              </span>
            )}
          </a>
        ))}
      </nav>
      <div className="top-tools">
        <ThemeButton />
        <LanguageButton />
      </div>
    </header>
  );
}

function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <circle cx="16" cy="13" r="5.6" />
      <path d="M6.5 27c1.2-5.6 5-8 9.5-8s8.3 2.4 9.5 8" />
    </svg>
  );
}

function ThemeButton() {
  const t = useT();
  const [theme, setTheme] = useTheme();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  const icon = ({ auto: 'auto', light: 'sun', dark: 'moon' } as const)[theme];
  const label = t('theme.label', { theme: t(`theme.${theme}`) });
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => setTheme(next)}
    >
      <Icon name={icon} />
    </button>
  );
}

function LanguageButton() {
  const { language, setLanguage } = useLanguage();
  const other = language === 'en' ? 'zh-TW' : 'en';
  return (
    <button
      type="button"
      className="language"
      lang={other}
      onClick={() => setLanguage(other)}
    >
      {other === 'en' ? 'English' : '中文'}
    </button>
  );
}
