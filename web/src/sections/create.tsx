import { useT } from '../i18n';
import { client } from '../state/client';
import { useRequest } from '../state/use_request';
import { GeneratePanel } from './generate_panel';
import { Presenter } from './presenter';
import { RecentJobs } from './recent_jobs';
import { SettingsSection } from './settings';
import { VoiceSection } from './voice';

export function Create() {
  const t = useT();
  const options = useRequest(() => client.options());
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{t('create.title')}</h1>
        <p>{t('create.lead')}</p>
      </header>
      <div className="two-columns">
        <div className="stack">
          <Presenter step={1} />
          <VoiceSection step={2} />
          <SettingsSection step={3} options={options} />
        </div>
        <aside className="stack side" aria-label={t('generate.side')}>
          <GeneratePanel step={4} />
          <RecentJobs kind="avatar" />
        </aside>
      </div>
    </>
  );
}
