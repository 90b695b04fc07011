// Every kind of write that moves seats, with what must be there before it [S16] [S17].

import type { Subject } from "../suite/subject.ts";
import { succeed } from "./client.ts";
import {
  addGroup,
  addUser,
  addUsers,
  createsGroup,
  type Kind,
  members,
  patch,
  plainGroup,
  seatGroup,
} from "./kinds.ts";

const GOLD = "Gold";
const hasSeats = ({ adapter, native }: Subject) => adapter.seats !== undefined && native.seatGroups !== undefined;

export const seatKinds: readonly Kind[] = [
  {
    name: "disable seated",
    appliesTo: hasSeats,
    async prepare(account) {
      const id = await addUser(account, 1);
      await addGroup(account, seatGroup(account.subject, GOLD, [id]));
      return patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
    },
  },
  {
    name: "restore seated",
    appliesTo: hasSeats,
    async prepare(account) {
      const id = await addUser(account, 1);
      await addGroup(account, seatGroup(account.subject, GOLD, [id]));
      await succeed(account, patch(`/Users/${id}`, { op: "replace", path: "active", value: false }));
      return patch(`/Users/${id}`, { op: "replace", path: "active", value: true });
    },
  },
  {
    name: "delete seated",
    appliesTo: hasSeats,
    async prepare(account) {
      const [id = "", other = ""] = await addUsers(account, 1, 2);
      await addGroup(account, plainGroup(account.subject, "Team", [id, other]));
      await addGroup(account, seatGroup(account.subject, GOLD, [id]));
      return { method: "DELETE", path: `/Users/${id}` };
    },
  },
  createsGroup("create seat group", hasSeats, (subject, ids) => seatGroup(subject, GOLD, ids)),
  {
    name: "grant seats",
    appliesTo: hasSeats,
    async prepare(account) {
      const ids = await addUsers(account, 1, 2);
      const id = await addGroup(account, seatGroup(account.subject, GOLD));
      return patch(`/Groups/${id}`, { op: "add", path: "members", value: members(...ids) });
    },
  },
  {
    name: "take seats",
    appliesTo: hasSeats,
    async prepare(account) {
      const ids = await addUsers(account, 1, 2);
      const id = await addGroup(account, seatGroup(account.subject, GOLD, ids));
      return patch(`/Groups/${id}`, { op: "remove", path: "members", value: members(...ids) });
    },
  },
  {
    name: "change seats",
    appliesTo: hasSeats,
    async prepare(account) {
      const { subject } = account;
      const ids = await addUsers(account, 1, 2);
      const id = await addGroup(account, seatGroup(subject, GOLD, ids));
      const values = (subject.native.seatGroups?.lesser ?? subject.native.seatGroups?.nothing)?.of(GOLD) ?? {};
      return patch(`/Groups/${id}`, ...Object.entries(values).map(([path, value]) => ({ op: "replace", path, value })));
    },
  },
  {
    name: "delete seat group",
    appliesTo: hasSeats,
    async prepare(account) {
      const ids = await addUsers(account, 1, 2);
      const id = await addGroup(account, seatGroup(account.subject, GOLD, ids));
      return { method: "DELETE", path: `/Groups/${id}` };
    },
  },
];
