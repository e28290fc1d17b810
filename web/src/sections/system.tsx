import { useEffect, useState } from 'react';
import type { Download, Models, ModelSet } from '../api/types';
import { useT } from '../i18n';
import { bytes } from '../lib/format';
import { client, sentence } from '../state/client';
import { useToast } from '../state/toasts';
import { useRequest } from '../state/use_request';
import { Icon } from '../ui/icons';
import { Button, Card, Failed, Note, ProgressBar, Skeleton } from '../ui/parts';
import { textOf } from './settings';

export function System() {
  const t = useT();
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{t('system.title')}</h1>
        <p>{t('system.lead')}</p>
      </header>
      <div className="system-grid">
        <Engines />
        <DiskUse />
        <ModelFiles />
        <Machine />
        <Developers />
      </div>
    </>
  );
}

interface Finding {
  level: string;
  name: string;
  text: string;
  command?: string;
}

interface Diagnosis {
  sections?: { name: string; findings: Finding[] }[];
}

function Machine() {
  const t = useT();
  const { value, error, missing, reload } = useRequest(
    async () => (await client.diagnosis()) as Diagnosis,
  );
  const findings = value?.sections?.flatMap((section) => section.findings) ?? [];
  if (missing) return null;
  const worth = findings.filter(({ level }) => level !== 'good');
  const hint = worth.length
    ? t('system.machine.attention', { count: worth.length })
    : t('system.machine.hint');
  return (
    <Card title={t('system.machine')} {...(value && { hint })} className="span-2">
      {error && <Failed error={error} retry={() => void reload()} />}
      {!value && !error && <Skeleton className="skeleton-block" />}
      <Findings findings={worth} />
      {value && (
        <details className="more">
          <summary>{t('system.all', { count: findings.length })}</summary>
          <Findings findings={findings} />
        </details>
      )}
    </Card>
  );
}

function Findings({ findings }: { findings: Finding[] }) {
  const t = useT();
  return (
    <ul className="findings findings-columns">
      {findings.map((finding, index) => (
        <li key={`${finding.name}${index}`} data-level={finding.level}>
          <Icon name={finding.level === 'good' ? 'check' : 'warning'} />
          <span className="visually-hidden">
            {t(finding.level === 'good' ? 'system.good' : 'system.attention')}
          </span>
          <span>
            {finding.text}
            {finding.command && <code>{finding.command}</code>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Engines() {
  const t = useT();
  const info = useRequest(() => client.systemInfo());
  const options = useRequest(() => client.options());
  return (
    <Card title={t('system.engines')}>
      {info.error && <Failed error={info.error} retry={() => void info.reload()} />}
      {!info.value && !info.error && <Skeleton className="skeleton-block" />}
      <ul className="findings">
        {(options.value?.engines ?? []).map((engine) => (
          <li key={engine.name} data-level={engine.available ? 'good' : 'warning'}>
            <Icon name={engine.available ? 'check' : 'info'} />
            <span>
              <strong>{textOf(`engine.${engine.name}`, t) ?? engine.name}</strong>
              <span className="hint">
                {engine.available
                  ? t('system.engine.ready')
                  : (engine.reason ?? t('engine.unavailable'))}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {info.value && (
        <dl className="facts">
          <div>
            <dt>{t('system.gpu')}</dt>
            <dd>{info.value.gpu_name ?? t('system.gpu.none')}</dd>
          </div>
          {info.value.gpu_memory_total !== null && (
            <div>
              <dt>{t('system.gpu.memory')}</dt>
              <dd>
                {t('system.gpu.free', {
                  free: (info.value.gpu_memory_available ?? 0).toFixed(1),
                  total: info.value.gpu_memory_total.toFixed(1),
                })}
              </dd>
            </div>
          )}
          <div>
            <dt>{t('system.queue')}</dt>
            <dd>{info.value.queue_length}</dd>
          </div>
          <div>
            <dt>{t('system.version')}</dt>
            <dd>{info.value.version}</dd>
          </div>
        </dl>
      )}
    </Card>
  );
}

function DiskUse() {
  const t = useT();
  const { value, error, missing, reload } = useRequest(() => client.disk());
  if (missing) return null;
  const parts = ['uploads', 'outputs', 'models', 'free'] as const;
  const whole = value ? parts.reduce((sum, part) => sum + value[part], 0) : 0;
  return (
    <Card title={t('system.disk')}>
      {error && <Failed error={error} retry={() => void reload()} />}
      {!value && !error && <Skeleton className="skeleton-block" />}
      {value && (
        <>
          <div className="disk-bar" aria-hidden="true">
            {parts.map((part) => (
              <span
                key={part}
                data-part={part}
                style={{ flexGrow: Math.max(value[part] / whole, part === 'free' ? 0 : 0.006) }}
              />
            ))}
          </div>
          <dl className="facts disk">
            {parts.map((part) => (
              <div key={part}>
                <dt>
                  <span className="key" data-part={part} aria-hidden="true" />
                  {t(`disk.${part}`)}
                </dt>
                <dd>{bytes(value[part])}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Card>
  );
}

const pollMs = 1500;
const working = (download: Download | null | undefined) =>
  download?.status === 'downloading' || download?.status === 'verifying';

function ModelFiles() {
  const t = useT();
  const toast = useToast();
  const { value, error, missing, reload } = useRequest(() => client.models());
  const active = working(value?.download);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => void reload(), pollMs);
    return () => clearInterval(timer);
  }, [active, reload]);
  if (missing) return null;
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await reload();
    } catch (problem) {
      toast('problem', sentence(problem));
    }
  };
  return (
    <Card title={t('models.title')} hint={t('models.hint')} className="span-2">
      {error && <Failed error={error} retry={() => void reload()} />}
      {!value && !error && <Skeleton className="skeleton-block" />}
      {value && (
        <>
          <DownloadState
            download={value.download}
            onCancel={() => void act(() => client.cancelDownload())}
          />
          <Sets
            models={value}
            disabled={active}
            onDownload={(set) => void act(() => client.download(set))}
          />
          <FileTable models={value} />
        </>
      )}
    </Card>
  );
}

function DownloadState({ download, onCancel }: { download: Download | null; onCancel: () => void }) {
  const t = useT();
  if (!download) return null;
  if (download.error) return <Note kind="problem">{download.error}</Note>;
  if (!working(download)) return null;
  const [done, whole] = [download.bytes_done ?? 0, download.bytes_total ?? 0];
  return (
    <div className="download">
      <div className="row spread">
        <span>{download.path ?? t('models.downloading')}</span>
        <span className="tabular hint">{whole ? `${bytes(done)} / ${bytes(whole)}` : ''}</span>
      </div>
      <ProgressBar value={whole ? (100 * done) / whole : 0} label={t('models.downloading')} />
      <Button icon="close" onClick={onCancel}>
        {t('models.stop')}
      </Button>
    </div>
  );
}

function Sets({
  models,
  disabled,
  onDownload,
}: {
  models: Models;
  disabled: boolean;
  onDownload: (set: string) => void;
}) {
  const t = useT();
  const sets: ModelSet[] = models.sets.map((set) => (typeof set === 'string' ? { name: set } : set));
  return (
    <div className="choices">
      {sets.map((set) => (
        <div key={set.name} className="choice choice-body">
          <span className="choice-title">
            {set.label ?? textOf(`models.set.${set.name}`, t) ?? set.name}
          </span>
          <span className="hint">
            {set.description ?? textOf(`models.set.${set.name}.hint`, t)}
            {set.bytes ? ` ${bytes(set.bytes)}` : ''}
          </span>
          {set.complete ? (
            <span className="badge">{t('models.complete')}</span>
          ) : (
            <Button icon="download" disabled={disabled} onClick={() => onDownload(set.name)}>
              {t('models.download')}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}

function FileTable({ models }: { models: Models }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const present = models.files.filter((file) => file.state === 'whole' || file.state === 'size_right');
  return (
    <details className="more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('models.files', { present: present.length, count: models.files.length })}</summary>
      {open && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('models.title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('models.file')}</th>
                <th scope="col">{t('models.size')}</th>
                <th scope="col">{t('models.state')}</th>
                <th scope="col">{t('models.licence')}</th>
              </tr>
            </thead>
            <tbody>
              {models.files.map((file) => (
                <tr key={file.path}>
                  <td>{file.path}</td>
                  <td className="tabular">{bytes(file.bytes)}</td>
                  <td>{textOf(`models.state.${file.state}`, t) ?? file.state}</td>
                  <td>{file.licence ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

function Developers() {
  const t = useT();
  return (
    <Card title={t('system.developers')} hint={t('system.developers.hint')} className="span-2">
      <div className="row wrap">
        <a className="button button-plain" href="/docs">
          <Icon name="out" />
          <span>{t('system.docs')}</span>
        </a>
        <a className="button button-plain" href="/openapi.json">
          <Icon name="download" />
          <span>OpenAPI</span>
        </a>
      </div>
    </Card>
  );
}
