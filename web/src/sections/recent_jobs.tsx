import { useRef, useEffect, useState } from 'react';
import type { Job } from '../api/types';
import { isFinal } from '../api/follow_job';
import { useT } from '../i18n';
import { useJobs } from '../state/jobs';
import { Card, Empty, Failed, Skeleton } from '../ui/parts';
import { JobCard } from './job_card';

/** So many finished videos stand below those in progress. */
const finishedShown = 4;

export function RecentJobs({ kind }: { kind: 'avatar' | 'presentation' }) {
  const t = useT();
  const { jobs, error, reload } = useJobs();
  const mine = jobs?.filter((job) => (job.kind ?? 'avatar') === kind) ?? null;
  const running = mine?.filter((job) => !isFinal(job)) ?? [];
  const finished = mine?.filter(isFinal).slice(0, finishedShown) ?? [];
  return (
    <Card
      title={t('jobs.title')}
      className="jobs"
      aside={
        finished.length > 0 && (
          <a className="button button-quiet" href="#/history">
            {t('jobs.all')}
          </a>
        )
      }
    >
      <div id="jobs" className="job-list">
        {error && <Failed error={error} retry={() => void reload()} />}
        {mine === null && !error && <Skeleton className="skeleton-job" />}
        {mine?.length === 0 && (
          <Empty icon="film" title={t('jobs.empty')}>
            {t('jobs.empty.hint')}
          </Empty>
        )}
        {[...running, ...finished].map((job) => (
          <JobCard key={job.job_id} job={job} />
        ))}
      </div>
      <Announcer jobs={mine ?? []} />
    </Card>
  );
}

/** Tells a screen reader when a job starts a stage or ends, not each of its hundred steps. */
function Announcer({ jobs }: { jobs: Job[] }) {
  const t = useT();
  const seen = useRef(new Map<string, string>());
  const [text, setText] = useState('');
  useEffect(() => {
    for (const job of jobs) {
      const quarter = Math.floor(job.progress / 25) * 25;
      const now = `${job.status} ${isFinal(job) ? '' : quarter}`;
      const before = seen.current.get(job.job_id);
      seen.current.set(job.job_id, now);
      if (before === undefined || before === now) continue;
      const sentence = isFinal(job)
        ? (job.error ?? job.message)
        : `${job.message} ${quarter} %`;
      setText(t('jobs.said', { name: job.audio_name ?? '', text: sentence }));
    }
  }, [jobs, t]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
