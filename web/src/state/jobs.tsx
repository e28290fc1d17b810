import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { followJob, isFinal } from '../api/follow_job';
import type { Job } from '../api/types';
import { useLanguage } from '../i18n';
import { client, sentence } from './client';

interface Jobs {
  /** The newest jobs, newest first; null before the first answer. */
  jobs: Job[] | null;
  error: string | null;
  reload: () => Promise<void>;
  /** Drops a job at once, before the server's next list tells the same. */
  forget: (id: string) => void;
}

const JobsContext = createContext<Jobs | null>(null);

/** Browsers open six connections to a server of HTTP/1.1: some are left for everything else. */
const mostStreams = 2;
const newestJobs = 24;
const listMs = { busy: 4000, idle: 20000 };

/** Knows the newest jobs, whoever started them, and keeps the running ones up to date. */
export function JobsProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const [jobs, setJobs] = useState<Job[] | null>(null);
  const [error, setError] = useState<string | null>(null);

  const reload = useCallback(async () => {
    try {
      const list = await client.jobs({ limit: newestJobs });
      setJobs(list.jobs);
      setError(null);
    } catch (problem) {
      setError(sentence(problem));
    }
  }, []);

  const active = (jobs ?? []).filter((job) => !isFinal(job));
  const busy = active.length > 0;
  useEffect(() => {
    void reload();
    const timer = setInterval(
      () => {
        if (!document.hidden) void reload();
      },
      busy ? listMs.busy : listMs.idle,
    );
    const seen = () => {
      if (!document.hidden) void reload();
    };
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [reload, busy, language]);

  const update = useCallback((id: string, change: Partial<Job>) => {
    setJobs((old) => old?.map((job) => (job.job_id === id ? { ...job, ...change } : job)) ?? null);
  }, []);
  const followed = active.slice(-mostStreams).map((job) => job.job_id);
  useFollowed(followed, update, reload, language);

  const forget = useCallback((id: string) => {
    setJobs((old) => old?.filter((job) => job.job_id !== id) ?? null);
  }, []);
  const value = useMemo(() => ({ jobs, error, reload, forget }), [jobs, error, reload, forget]);
  return <JobsContext value={value}>{children}</JobsContext>;
}

/** Streams the jobs named by `ids`, each as long as it is among them. */
function useFollowed(
  ids: string[],
  update: (id: string, change: Partial<Job>) => void,
  ended: () => Promise<void>,
  language: string,
): void {
  const streams = useRef(new Map<string, AbortController>());
  const wanted = ids.join(' ');
  useEffect(() => {
    const open = streams.current;
    const names = wanted ? wanted.split(' ') : [];
    for (const [id, stream] of open) {
      if (!names.includes(id)) {
        stream.abort();
        open.delete(id);
      }
    }
    for (const id of names) {
      if (open.has(id)) continue;
      const stream = new AbortController();
      open.set(id, stream);
      void followJob(client, id, (change) => update(id, change), stream.signal)
        .catch(() => undefined)
        .finally(() => {
          if (open.get(id) === stream) open.delete(id);
          if (!stream.signal.aborted) void ended();
        });
    }
  }, [wanted, update, ended]);

  useEffect(() => {
    const open = streams.current;
    return () => {
      for (const stream of open.values()) stream.abort();
      open.clear();
    };
  }, [language]);
}

export function useJobs(): Jobs {
  const value = useContext(JobsContext);
  if (!value) throw new Error('outside of JobsProvider');
  return value;
}
