import type { DraftPhoto } from '../state/draft';

/** The chosen photo with the found face outlined. */
export function FaceOutline({
  photo,
  label,
  onMissing,
}: {
  photo: DraftPhoto;
  label: string;
  onMissing: () => void;
}) {
  const { verdict } = photo;
  const [width, height] = verdict?.image_size ?? [1, 1];
  return (
    <div className="photo-frame">
      <img
        src={photo.photo_url}
        alt={label}
        {...(verdict && { width, height })}
        onError={onMissing}
      />
      {verdict && (
        <svg
          className="outline"
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="xMidYMid meet"
          aria-hidden="true"
          data-testid="face-outline"
        >
          {verdict.face_outline?.length ? (
            <polygon
              points={verdict.face_outline.map((point) => point.join(',')).join(' ')}
            />
          ) : (
            <FaceOval box={verdict.face_bbox} />
          )}
        </svg>
      )}
    </div>
  );
}

function FaceOval({ box: [x, y, width, height] }: { box: number[] }) {
  if (x === undefined || y === undefined || width === undefined || height === undefined) return null;
  return (
    <ellipse
      cx={x + width / 2}
      cy={y + height / 2}
      rx={width / 2}
      ry={height / 2}
    />
  );
}
