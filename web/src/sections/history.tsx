import { useEffect, useState } from 'react';
import type { Job } from '../api/types';
import { type Key, useLanguage } from '../i18n';
import { go } from '../router';
import { client, sentence } from '../state/client';
import { useJobs } from '../state/jobs';
import { Icon } from '../ui/icons';
import { Button, Empty, Failed, Segments, Skeleton } from '../ui/parts';
import { jobTitle } from './job_actions';
import { JobCard } from './job_card';

const pageSize = 24;
const settleMs = 300;
const filters = ['all', 'completed', 'processing', 'failed'] as const;
type Filter = (typeof filters)[number];
/** A job that waits is in progress for who waits for it. */
const states: Record<Filter, string | undefined> = {
  all: undefined,
  completed: 'completed',
  processing: 'pending,processing',
  failed: 'failed',
};

export function History() {
  const { t } = useLanguage();
  const [query, setQuery] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const { list, total, error, more, retry } = useHistory(query, filter);
  const [picked, setPicked] = useState<string[]>([]);
  const [first, second] = picked;
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{t('history.title')}</h1>
        <p>{t('history.lead')}</p>
      </header>
      <div className="row wrap history-tools">
        <label className="search">
          <Icon name="search" />
          <span className="visually-hidden">{t('history.search')}</span>
          <input
            type="search"
            value={query}
            placeholder={t('history.search')}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
        <Segments
          label={t('history.filter')}
          value={filter}
          onChange={setFilter}
          choices={filters.map((value) => ({ value, label: t(`filter.${value}` as Key) }))}
        />
        {picked.length > 0 && (
          <Button
            icon="compare"
            disabled={!first || !second}
            onClick={() => first && second && go({ page: 'compare', ids: [first, second] })}
          >
            {t('history.compare', { count: picked.length })}
          </Button>
        )}
      </div>
      {error && <Failed error={error} retry={retry} />}
      {list === null && !error && (
        <div className="history-grid">
          {[1, 2, 3, 4, 5, 6].map((n) => (
            <Skeleton key={n} className="skeleton-job" />
          ))}
        </div>
      )}
      {list?.length === 0 && (
        <Empty
          icon="history"
          title={t(query || filter !== 'all' ? 'history.nothing' : 'history.empty')}
          action={
            query || filter !== 'all' ? (
              <Button
                onClick={() => {
                  setQuery('');
                  setFilter('all');
                }}
              >
                {t('history.all')}
              </Button>
            ) : (
              <a className="button button-main" href="#/">
                <span>{t('history.start')}</span>
              </a>
            )
          }
        />
      )}
      <ul className="history-grid">
        {list?.map((job) => (
          <li key={job.job_id}>
            <JobCard
              job={job}
              extra={
                <Pick
                  job={job}
                  picked={picked.includes(job.job_id)}
                  onPick={(pick) =>
                    setPicked((old) => {
                      const others = old.filter((id) => id !== job.job_id);
                      return pick ? [...others, job.job_id].slice(-2) : others;
                    })
                  }
                />
              }
            />
          </li>
        ))}
      </ul>
      {list && list.length < total && (
        <Button className="load-more" onClick={more}>
          {t('history.more', { count: total - list.length })}
        </Button>
      )}
    </>
  );
}

function Pick({
  job,
  picked,
  onPick,
}: {
  job: Job;
  picked: boolean;
  onPick: (picked: boolean) => void;
}) {
  const { t } = useLanguage();
  return (
    <label className="pick">
      <input
        type="checkbox"
        checked={picked}
        onChange={(event) => onPick(event.target.checked)}
      />
      <span>
        {t('history.pick')}
        <span className="visually-hidden">{` ${jobTitle(job, t('job.untitled'))}`}</span>
      </span>
    </label>
  );
}

/** The jobs that match, a page at a time; newer states of the newest jobs come from the store. */
function useHistory(query: string, filter: Filter) {
  const { jobs: newest } = useJobs();
  const { language } = useLanguage();
  const [pages, setPages] = useState(1);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ list: Job[] | null; total: number; error: string | null }>({
    list: null,
    total: 0,
    error: null,
  });
  // A job that came, went or ended changes what matches.
  const changes = newest?.map((job) => `${job.job_id}${job.status}`).join() ?? '';
  useEffect(() => {
    const request = new AbortController();
    const timer = setTimeout(() => {
      const values = { q: query, status: states[filter] };
      client
        .jobs({ ...values, limit: pages * pageSize, offset: 0 }, request.signal)
        .then(({ jobs, total }) => setState({ list: jobs, total, error: null }))
        .catch((error: unknown) => {
          if (!request.signal.aborted) setState((old) => ({ ...old, error: sentence(error) }));
        });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [query, filter, pages, changes, language, round]);
  const fresh = new Map(newest?.map((job) => [job.job_id, job]));
  return {
    ...state,
    list: state.list?.map((job) => fresh.get(job.job_id) ?? job) ?? null,
    more: () => setPages((old) => old + 1),
    retry: () => setRound((old) => old + 1),
  };
}
