import { type ReactNode, useEffect, useState } from 'react';
import { isFinal } from '../api/follow_job';
import type { Job } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { clock, moment } from '../lib/format';
import { hrefOf } from '../router';
import { Confirm } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { Button, IconButton, ProgressBar } from '../ui/parts';
import { fileName, jobTitle, useJobActions } from './job_actions';

/** A job in a list: running with its picture and time left, or finished with its video. */
export function JobCard({ job, extra }: { job: Job; extra?: ReactNode }) {
  return isFinal(job) ? <FinishedJob job={job} extra={extra} /> : <RunningJob job={job} />;
}

function RunningJob({ job }: { job: Job }) {
  const t = useT();
  const { cancel } = useJobActions();
  const [stopping, setStopping] = useState(false);
  const title = jobTitle(job, t('job.untitled'));
  return (
    <article className="job job-running" aria-label={title} data-job={job.job_id}>
      <JobPicture job={job} />
      <div className="job-main">
        <p className="job-title">{title}</p>
        <p className="job-stage">{job.message}</p>
        <ProgressBar value={job.progress} label={t('job.progress', { name: title })} />
        <div className="row spread">
          <span className="hint tabular">
            {Math.round(job.progress)} %
            {job.seconds_left ? ` · ${t('time.left', { time: clock(job.seconds_left) })}` : ''}
          </span>
          <Button
            kind="quiet"
            icon="close"
            busy={stopping}
            onClick={() => {
              setStopping(true);
              void cancel(job).then((done) => !done && setStopping(false));
            }}
          >
            {t('job.cancel')}
          </Button>
        </div>
      </div>
    </article>
  );
}

/** The newest frame; before the first, the photo. */
export function JobPicture({ job }: { job: Job }) {
  const [shown, setShown] = useState<string | null>(null);
  const running = !isFinal(job);
  const wanted =
    running && job.preview_url && job.progress > 0
      ? `${job.preview_url}?at=${Math.round(job.progress)}`
      : null;
  // A picture takes the place of the one before only when it has arrived.
  useEffect(() => {
    if (!wanted) return;
    const image = new Image();
    image.onload = () => setShown(wanted);
    image.src = wanted;
    return () => {
      image.onload = null;
    };
  }, [wanted]);
  const source = (running && shown) || job.photo_url;
  return (
    <div className="job-picture" data-live={(running && shown !== null) || undefined}>
      {source ? (
        <img src={source} alt="" decoding="async" />
      ) : (
        <Icon name={job.kind === 'presentation' ? 'slides' : 'film'} />
      )}
    </div>
  );
}

function FinishedJob({ job, extra }: { job: Job; extra: ReactNode }) {
  const { t, language } = useLanguage();
  const { again } = useJobActions();
  const title = jobTitle(job, t('job.untitled'));
  const good = job.status === 'completed';
  const when = job.finished ?? job.created;
  const details = [
    job.settings?.['preview_duration'] ? t('job.is_preview') : '',
    job.video_duration ? clock(job.video_duration) : '',
    when ? moment(when, language) : '',
  ].filter(Boolean);
  return (
    <article className="job" aria-label={title} data-job={job.job_id} data-status={job.status}>
      {good ? (
        <a
          className="job-picture"
          href={hrefOf({ page: 'video', id: job.job_id })}
          aria-label={t('job.open', { name: title })}
        >
          <JobPicture job={job} />
          <span className="play-badge">
            <Icon name="play" />
          </span>
        </a>
      ) : (
        <JobPicture job={job} />
      )}
      <div className="job-main">
        <p className="job-title">{title}</p>
        {good ? (
          <p className="hint tabular">{details.join(' · ')}</p>
        ) : (
          <p className={job.cancelled ? 'hint' : 'job-error'}>
            {job.cancelled ? t('job.cancelled') : (job.error ?? job.message)}
          </p>
        )}
        <div className="row job-buttons">
          {good ? (
            <>
              <a
                className="button button-plain"
                href={hrefOf({ page: 'video', id: job.job_id })}
              >
                <span>{t('job.watch')}</span>
              </a>
              {job.video_url && (
                <a
                  className="icon-button"
                  href={job.video_url}
                  download={fileName(job, 'mp4')}
                  aria-label={t('result.download.of', { name: title })}
                >
                  <Icon name="download" />
                </a>
              )}
            </>
          ) : (
            (job.kind ?? 'avatar') === 'avatar' && (
              <Button icon="again" onClick={() => again(job)}>
                {t('result.again')}
              </Button>
            )
          )}
          <RemoveButton job={job} title={title} />
          {good && extra}
        </div>
      </div>
    </article>
  );
}

export function RemoveButton({
  job,
  title,
  onRemoved,
}: {
  job: Job;
  title: string;
  onRemoved?: () => void;
}) {
  const t = useT();
  const { remove } = useJobActions();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <IconButton
        label={t('job.remove', { name: title })}
        icon="trash"
        onClick={() => setAsking(true)}
      />
      {asking && (
        <Confirm
          title={t('job.remove.title')}
          text={t('job.remove.text', { name: title })}
          action={t('job.remove.do')}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false);
            void remove(job).then((done) => done && onRemoved?.());
          }}
        />
      )}
    </>
  );
}
