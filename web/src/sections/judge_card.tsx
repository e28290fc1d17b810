import type { Judgement } from '../api/types';
import { useT } from '../i18n';
import { Icon } from '../ui/icons';
import { Card } from '../ui/parts';
import { textOf } from './settings';

/** The measures of `ditto-avatar judge` that have a bar, and whether the video meets it. */
export function JudgeCard({ judge }: { judge: Judgement }) {
  const t = useT();
  const passes = Object.entries((judge['passes'] ?? {}) as Record<string, boolean>);
  if (!passes.length) return null;
  const good = passes.filter(([, pass]) => pass).length;
  return (
    <Card title={t('judge.title')} hint={t('judge.hint', { good, count: passes.length })}>
      <ul className="findings">
        {passes.map(([name, pass]) => (
          <li key={name} data-level={pass ? 'good' : 'warning'}>
            <Icon name={pass ? 'check' : 'warning'} />
            <span className="visually-hidden">{t(pass ? 'judge.pass' : 'judge.fail')}</span>
            <span className="row spread grow">
              <span>{textOf(`judge.${name}`, t) ?? name}</span>
              <span className="tabular hint">{shortNumber(judge[name])}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const shortNumber = (value: unknown) =>
  typeof value === 'number' ? String(Number(value.toPrecision(3))) : '–';
