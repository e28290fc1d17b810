import { useState } from 'react';
import type { Job } from '../api/types';
import { useT } from '../i18n';
import { client, sentence } from '../state/client';
import { useJobs } from '../state/jobs';
import { useToast } from '../state/toasts';
import { Icon } from '../ui/icons';
import { Button, Card } from '../ui/parts';

/** Each slide of a presentation: done, at work, or failed and to be made again. */
export function SlideStates({ job, onRetried }: { job: Job; onRetried: () => void }) {
  const t = useT();
  const toast = useToast();
  const { reload } = useJobs();
  const [retrying, setRetrying] = useState<number | null>(null);
  if (!job.slides?.length) return null;
  const retry = async (number: number) => {
    setRetrying(number);
    try {
      await client.retrySlide(job.job_id, number, {});
      await reload();
      onRetried();
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setRetrying(null);
    }
  };
  return (
    <Card title={t('slides.states')}>
      <ol className="slide-states">
        {job.slides.map((slide) => (
          <li key={slide.number} data-status={slide.status}>
            <span className="state-mark">
              {slide.status === 'completed' && <Icon name="check" />}
              {slide.status === 'failed' && <Icon name="warning" />}
              {slide.status === 'processing' && <span className="spinner" aria-hidden="true" />}
            </span>
            <span>
              {t('slides.slide', { number: slide.number })}
              <span className="visually-hidden">{` ${t(`status.${slide.status}`)}`}</span>
            </span>
            {slide.status === 'failed' && (
              <>
                <span className="job-error">{slide.error}</span>
                <Button
                  icon="again"
                  busy={retrying === slide.number}
                  onClick={() => void retry(slide.number)}
                >
                  {t('slides.retry')}
                </Button>
              </>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
