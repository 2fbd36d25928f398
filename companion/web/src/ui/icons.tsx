import type { ComponentChildren, JSX } from "preact";

/** One set: 24 x 24, one stroke width, always beside a word. */
function icon(strokes: ComponentChildren): () => JSX.Element {
  return () => (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {strokes}
    </svg>
  );
}

export const RobotIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M8.5 15 12 7l3.5 8-3.5-2z" />
  </>,
);
export const StopIcon = icon(
  <>
    <path d="M8.3 3h7.400L21 8.300v7.400L15.7 21H8.300L3 15.700V8.300z" />
    <path d="M9 9h6v6H9z" />
  </>,
);
export const BatteryIcon = icon(
  <>
    <path d="M4 8h14v8H4z" />
    <path d="M21 11v2M7 11v2M10 11v2" />
  </>,
);
export const BoltIcon = icon(<path d="M13 3 6 13.500h5L10.5 21 18 10.500h-5z" />);
export const LinkIcon = icon(
  <>
    <path d="M5 13a10 10 0 0 1 14 0M8 16.500a6 6 0 0 1 8 0" />
    <path d="M2.5 9.500a14 14 0 0 1 19 0M12 20h.01" />
  </>,
);
export const UnlinkIcon = icon(
  <>
    <path d="M5 13a10 10 0 0 1 4-2.500M8 16.500a6 6 0 0 1 8 0M15 10.500a10 10 0 0 1 4 2.5" />
    <path d="M12 20h.01M4 4l16 16" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.500L19 7.5" />);
export const CrossIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const RefusedIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M6 6l12 12" />
  </>,
);
export const PauseIcon = icon(<path d="M8.5 5v14M15.5 5v14" />);
export const QuestionIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.700M12 16.500h.01" />
  </>,
);
export const WaitingIcon = icon(<circle cx="12" cy="12" r="4" />);
export const RunningIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m10 8.5 5.5 3.5-5.5 3.500z" />
  </>,
);
export const WarnIcon = icon(<path d="M12 4 2.5 20h19zM12 10v4.500M12 17.300h.01" />);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M18.7 5.300l-1.4 1.400M6.7 17.300l-1.4 1.4" />
  </>,
);
export const MoonIcon = icon(<path d="M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z" />);
export const SystemIcon = icon(<path d="M3.5 5h17v11h-17zM9 20h6M12 16v4" />);
export const SendIcon = icon(<path d="M12 19.500V5M6 10.5 12 4.500l6 6" />);
export const PadIcon = icon(
  <>
    <circle cx="12" cy="12" r="3" />
    <path d="m9 6 3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3" />
  </>,
);
export const SpeakIcon = icon(
  <path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />,
);
export const GoIcon = icon(<path d="M4.5 12H19M13 6l6 6-6 6" />);
export const ModeIcon = icon(
  <>
    <path d="M12 3.500v8" />
    <path d="M7 6.500a8 8 0 1 0 10 0" />
  </>,
);
export const HouseIcon = icon(<path d="M4 11.500 12 4l8 7.500M6 10v10h12V10M10 20v-6h4v6" />);
export const CoinsIcon = icon(
  <>
    <ellipse cx="12" cy="6.5" rx="7" ry="3" />
    <path d="M5 6.500v5.500c0 1.700 3.1 3 7 3s7-1.300 7-3V6.500M5 12v5.500c0 1.700 3.1 3 7 3s7-1.300 7-3V12" />
  </>,
);
export const ApproveIcon = icon(
  <>
    <path d="M12 3 5 6v5.500c0 4.300 2.9 7.700 7 9.500 4.1-1.800 7-5.200 7-9.500V6z" />
    <path d="m8.8 12 2.3 2.300 4.200-4.300" />
  </>,
);
export const InIcon = icon(<path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />);
export const OutIcon = icon(<path d="M12 16V5M7 9.500l5-5 5 5M5 20h14" />);
export const CopyIcon = icon(<path d="M9 9h11v11H9zM15 9V4H4v11h5" />);
export const LockIcon = icon(<path d="M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3M12 15v2" />);
export const MindIcon = icon(
  <>
    <path d="M9 17.500a6.500 6.500 0 1 1 6 0v1.500H9z" />
    <path d="M10 21.500h4M12 17v-5M9.800 10l2.200 2 2.200-2" />
  </>,
);
export const IdentityIcon = icon(
  <>
    <path d="M3.5 5.500h17v13h-17z" />
    <circle cx="9" cy="11" r="2" />
    <path d="M6 15.500c.8-1.300 1.800-1.800 3-1.800s2.200.5 3 1.800M15 10h3M15 14h3" />
  </>,
);
export const OwnerIcon = icon(
  <>
    <circle cx="12" cy="8" r="3.500" />
    <path d="M5 20c.6-4 3.300-5.500 7-5.500s6.400 1.500 7 5.500" />
  </>,
);
export const PeerIcon = icon(
  <>
    <circle cx="6.500" cy="7" r="3" />
    <circle cx="17.500" cy="17" r="3" />
    <path d="M9 9l6 6" />
  </>,
);
export const WorldIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M3.500 12h17M12 3.500c5 5.500 5 11.500 0 17-5-5.500-5-11.500 0-17z" />
  </>,
);
export const ToolIcon = icon(
  <path d="M14.500 6.500a4 4 0 0 1 5-2l-2.500 2.500.5 2 2 .5 2.500-2.500a4 4 0 0 1-5.500 5L8 20.500a1.800 1.800 0 0 1-3-3L14 9a4 4 0 0 1 .5-2.500z" />,
);
export const EditIcon = icon(
  <path d="M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500" />,
);
export const ForgetIcon = icon(
  <path d="M4.500 7h15M9 7V4.500h6V7M6.500 7l1 13h9l1-13M10.500 11v5M13.500 11v5" />,
);
export const UndoIcon = icon(<path d="M8.500 5 4.500 9l4 4M5 9h9a5 5 0 0 1 0 10H9" />);
export const SearchIcon = icon(
  <>
    <circle cx="10.500" cy="10.500" r="6" />
    <path d="m15 15 5.500 5.500" />
  </>,
);
export const AddIcon = icon(<path d="M12 5v14M5 12h14" />);
export const MoveIcon = icon(<path d="M9 5H4v14h5M9 12h11M16 8l4 4-4 4" />);
