import { useEffect, useState } from 'react';
import { followJob, isFinal } from '../api/follow_job';
import type { Chapter, Job } from '../api/types';
import { useLanguage } from '../i18n';
import { clock, moment, shortened } from '../lib/format';
import { go, hrefOf } from '../router';
import { client, sentence } from '../state/client';
import { useJobs } from '../state/jobs';
import { Icon } from '../ui/icons';
import { Button, Card, Failed, Note, Segments, Skeleton } from '../ui/parts';
import { fileName, jobTitle, useJobActions } from './job_actions';
import { JobCard, RemoveButton } from './job_card';
import { JudgeCard } from './judge_card';
import { SlideStates } from './slide_states';

/** A job by its id, kept up to date until it is final. */
export function useJob(id: string) {
  const { language } = useLanguage();
  const [job, setJob] = useState<Job | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const request = new AbortController();
    const follow = async () => {
      const first = await client.job(id);
      if (request.signal.aborted) return;
      setJob(first);
      setError(null);
      if (isFinal(first)) return;
      const update = (change: Partial<Job>) => setJob((old) => old && { ...old, ...change });
      await followJob(client, id, update, request.signal);
      if (!request.signal.aborted) setJob(await client.job(id));
    };
    follow().catch((problem: unknown) => {
      if (!request.signal.aborted) setError(sentence(problem));
    });
    return () => request.abort();
  }, [id, language, round]);
  return { job, error, reload: () => setRound((old) => old + 1) };
}

export function VideoPage({ id }: { id: string }) {
  const { t } = useLanguage();
  const { job, error, reload } = useJob(id);
  return (
    <>
      <header className="page-head">
        <a className="back" href="#/history">
          {t('result.back')}
        </a>
        <h1 tabIndex={-1}>{job ? jobTitle(job, t('job.untitled')) : t('result.title')}</h1>
      </header>
      {error && <Failed error={error} retry={reload} />}
      {!job && !error && <Skeleton className="skeleton-video" />}
      {job && <Result job={job} reload={reload} />}
    </>
  );
}

function Result({ job, reload }: { job: Job; reload: () => void }) {
  const { t } = useLanguage();
  const { again, share } = useJobActions();
  const title = jobTitle(job, t('job.untitled'));
  if (job.status !== 'completed' || !job.video_url) {
    return (
      <div className="two-columns">
        <Card title={t('jobs.title')}>
          <JobCard job={job} />
        </Card>
        <SlideStates job={job} onRetried={reload} />
      </div>
    );
  }
  return (
    <div className="two-columns">
      <div className="stack">
        <VideoPlayer job={job} title={title} chapters={job.chapters ?? []} />
        <div className="row wrap">
          <a className="button button-main" href={job.video_url} download={fileName(job, 'mp4')}>
            <Icon name="download" />
            <span>{t('result.download')}</span>
          </a>
          <Button icon="share" onClick={() => void share(job)}>
            {t('result.share')}
          </Button>
          {(job.kind ?? 'avatar') === 'avatar' && (
            <Button icon="again" onClick={() => again(job)}>
              {t('result.again.settings')}
            </Button>
          )}
          <RemoveButton job={job} title={title} onRemoved={() => go({ page: 'history' })} />
        </div>
        <Subtitles job={job} />
      </div>
      <div className="stack side">
        <Facts job={job} />
        <SlideStates job={job} onRetried={reload} />
        {job.judge && <JudgeCard judge={job.judge} />}
        <CompareCard job={job} />
      </div>
    </div>
  );
}

/** The video; chapters jump in it. */
export function VideoPlayer({
  job,
  title,
  chapters = [],
}: {
  job: Job;
  title: string;
  chapters?: Chapter[];
}) {
  const { t, language } = useLanguage();
  const [broken, setBroken] = useState(false);
  const jump = (seconds: number) => {
    const video = document.querySelector<HTMLVideoElement>(`video[data-job="${job.job_id}"]`);
    if (!video) return;
    video.currentTime = seconds;
    void video.play().catch(() => undefined);
  };
  return (
    <figure className="player">
      <video
        data-job={job.job_id}
        src={job.video_url ?? undefined}
        poster={job.kind === 'presentation' ? undefined : (job.photo_url ?? undefined)}
        controls
        playsInline
        preload="metadata"
        aria-label={title}
        onError={() => setBroken(true)}
      >
        {job.vtt_url && (
          <track
            kind="captions"
            src={job.vtt_url}
            srcLang={language}
            label={t('result.subtitles')}
            default
          />
        )}
      </video>
      {broken && <Note kind="problem">{t('result.broken')}</Note>}
      {chapters.length > 0 && (
        <figcaption>
          <h2 className="small-title">{t('result.chapters')}</h2>
          <ol className="chapters">
            {chapters.map((chapter, index) => (
              <li key={`${chapter.start}`}>
                <button type="button" onClick={() => jump(chapter.start)}>
                  <span className="tabular">{clock(chapter.start)}</span>
                  {chapter.title || t('slides.slide', { number: index + 1 })}
                </button>
              </li>
            ))}
          </ol>
        </figcaption>
      )}
    </figure>
  );
}

function Subtitles({ job }: { job: Job }) {
  const { t } = useLanguage();
  if (!job.subtitles_url && !job.vtt_url) return null;
  return (
    <Card title={t('result.subtitles')} hint={t('result.subtitles.hint')}>
      <div className="row wrap">
        {job.subtitles_url && (
          <a className="button button-plain" href={job.subtitles_url} download={fileName(job, 'srt')}>
            <Icon name="text" />
            <span>SRT</span>
          </a>
        )}
        {job.vtt_url && (
          <a className="button button-plain" href={job.vtt_url} download={fileName(job, 'vtt')}>
            <Icon name="text" />
            <span>WebVTT</span>
          </a>
        )}
      </div>
    </Card>
  );
}

function Facts({ job }: { job: Job }) {
  const { t, language } = useLanguage();
  const facts: [string, string][] = [];
  if (job.video_duration) facts.push([t('fact.length'), clock(job.video_duration)]);
  if (job.engine) facts.push([t('settings.engine'), job.engine]);
  if (job.duration) facts.push([t('fact.work'), clock(job.duration)]);
  if (job.finished) facts.push([t('fact.finished'), moment(job.finished, language)]);
  if (job.audio_name) facts.push([t('fact.voice'), job.audio_name]);
  return (
    <Card title={t('fact.title')}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Note>{t('result.synthetic')}</Note>
    </Card>
  );
}

function CompareCard({ job }: { job: Job }) {
  const { t, language } = useLanguage();
  const { jobs } = useJobs();
  const others = (jobs ?? []).filter(
    (other) => other.status === 'completed' && other.job_id !== job.job_id,
  );
  if (!others.length) return null;
  return (
    <Card title={t('compare.title')} hint={t('compare.hint')}>
      <ul className="compare-list">
        {others.slice(0, 5).map((other) => (
          <li key={other.job_id}>
            <a href={hrefOf({ page: 'compare', ids: [job.job_id, other.job_id] })}>
              <Icon name="compare" />
              <span>{jobTitle(other, t('job.untitled'))}</span>
              <span className="hint">{other.created ? moment(other.created, language) : ''}</span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function ComparePage({ ids }: { ids: [string, string] }) {
  const { t } = useLanguage();
  const [sound, setSound] = useState<'left' | 'right'>('left');
  const both = () => [...document.querySelectorAll<HTMLVideoElement>('.compare video')];
  const play = () => {
    const videos = both();
    const paused = videos.every((video) => video.paused);
    videos.forEach((video, index) => {
      video.muted = (index === 0) !== (sound === 'left');
      if (paused) {
        video.currentTime = videos[0]?.currentTime ?? 0;
        void video.play().catch(() => undefined);
      } else {
        video.pause();
      }
    });
  };
  return (
    <>
      <header className="page-head">
        <a className="back" href="#/history">
          {t('result.back')}
        </a>
        <h1 tabIndex={-1}>{t('compare.title')}</h1>
        <div className="row wrap">
          <Button kind="main" icon="play" onClick={play}>
            {t('compare.play')}
          </Button>
          <Segments
            label={t('compare.sound')}
            value={sound}
            onChange={(next) => {
              setSound(next);
              both().forEach((video, index) => {
                video.muted = (index === 0) !== (next === 'left');
              });
            }}
            choices={[
              { value: 'left', label: t('compare.left') },
              { value: 'right', label: t('compare.right') },
            ]}
          />
        </div>
      </header>
      <div className="compare">
        {ids.map((id) => (
          <Compared key={id} id={id} />
        ))}
      </div>
    </>
  );
}

function Compared({ id }: { id: string }) {
  const { t } = useLanguage();
  const { job, error, reload } = useJob(id);
  if (error) return <Failed error={error} retry={reload} />;
  if (!job) return <Skeleton className="skeleton-video" />;
  const title = jobTitle(job, t('job.untitled'));
  const settings = Object.entries(job.settings ?? {}).filter(([name]) => name !== 'seed');
  return (
    <section aria-label={title}>
      <VideoPlayer job={job} title={title} />
      <p className="job-title">
        <a href={hrefOf({ page: 'video', id })}>{title}</a>
      </p>
      <p className="hint">
        {[job.engine, ...settings.map(([name, value]) => `${name} ${shortened(String(value))}`)]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </section>
  );
}
