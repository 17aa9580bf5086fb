"""Every address, every role: who may open what, against a table written out and reviewed by hand.

A new view must be entered here; the app itself refuses to start with a view nobody decided about.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.addresses import parts
from werkzeug.routing import Rule

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, Device
from workshop.citizens import actions as citizens
from workshop.citizens.models import Citizen, ProgrammeType
from workshop.core import access, db
from workshop.core.access import GRANTS, Role
from workshop.core.config import Settings

EXPECTED = {
    "GET /personale/": "desk:open",
    "GET /personale/sikkerhedskopier": "settings:edit",
    "POST /personale/sikkerhedskopier/ny": "settings:edit",
    "POST /personale/tabletter": "device:manage",
    "POST /personale/tabletter/<public_id>/luk": "device:manage",
    "GET /personale/log-ind": "public",
    "POST /personale/log-ind": "public",
    "POST /personale/log-ud": "half",
    "GET /personale/tabletter/<public_id>/luk": "device:manage",
    "GET /personale/log-ind/kode": "half",
    "POST /personale/log-ind/kode": "half",
    "POST /personale/log-ind/noegle/start": "public",
    "POST /personale/log-ind/noegle": "public",
    "GET /personale/bekraeft": "desk:open",
    "POST /personale/bekraeft": "desk:open",
    "POST /personale/bekraeft/noegle/start": "desk:open",
    "POST /personale/bekraeft/noegle": "desk:open",
    "GET /personale/sikkerhed": "desk:open",
    "GET /personale/sikkerhed/opret": "half",
    "POST /personale/sikkerhed/app": "half",
    "GET /personale/sikkerhed/app": "half",
    "POST /personale/sikkerhed/app/kode": "half",
    "POST /personale/sikkerhed/noegle/start": "half",
    "POST /personale/sikkerhed/noegle": "half",
    "GET /personale/sikkerhed/app/fjern": "desk:open",
    "POST /personale/sikkerhed/app/fjern": "desk:open",
    "GET /personale/sikkerhed/noegle/<public_id>/fjern": "desk:open",
    "POST /personale/sikkerhed/noegle/<public_id>/fjern": "desk:open",
    "POST /personale/sikkerhed/koder": "desk:open",
    "POST /personale/sikkerhed/steder/<public_id>/luk": "desk:open",
    "POST /personale/sikkerhed/steder/andre/luk": "desk:open",
    "GET /personale/sikkerhed/adgangskode": "desk:open",
    "POST /personale/sikkerhed/adgangskode": "desk:open",
    "GET /personale/glemt": "public",
    "POST /personale/glemt": "public",
    "GET /personale/glemt/sendt": "public",
    "GET /personale/glemt/<token>": "public",
    "POST /personale/glemt/<token>": "public",
    "GET /personale/borgere/<public_id>/telefon": "pin:release",
    "POST /personale/borgere/<public_id>/telefon": "pin:release",
    "POST /personale/borgere/<public_id>/telefon/<phone_id>/luk": "pin:release",
    "GET /telefon/<token>": "public",
    "POST /telefon/<token>": "public",
    "POST /vaerksted/min-kode": "tablet",
    "GET /vaerksted/telefoner": "kiosk:use",
    "GET /vaerksted/telefoner/<phone_id>/luk": "kiosk:use",
    "POST /vaerksted/telefoner/<phone_id>/luk": "kiosk:use",
    "GET /vaerksted/min-kode": "tablet",
    "GET /personale/tabletter": "device:manage",
    "GET /personale/borgere/fremmoede/<day>": "record:confirm",
    "POST /personale/borgere/fremmoede/<day>": "record:confirm",
    "GET /personale/borgere/fremmoede": "record:confirm",
    "GET /personale/borgere/<public_id>/kode": "pin:release",
    "GET /personale/borgere": "citizen:read",
    "GET /personale/borgere/<public_id>/set.pdf": "citizen:read",
    "GET /personale/log": "log:read",
    "GET /personale/log/skiller-sig-ud": "log:read",
    "GET /personale/log/udtraek.csv": "log:read",
    "GET /personale/stikproever": "log:sample",
    "GET /personale/stikproever/<public_id>": "log:sample",
    "POST /personale/stikproever/<public_id>": "log:sample",
    "GET /vaerksted/mit/set": "kiosk:use",
    "GET /personale/borgere/ny": "citizen:enrol",
    "POST /personale/borgere/ny": "citizen:enrol",
    "POST /personale/borgere/<public_id>/kode/kort.pdf": "citizen:read",
    "GET /personale/borgere/<public_id>/ret": "citizen:enrol",
    "POST /personale/borgere/<public_id>/ret": "citizen:enrol",
    "POST /personale/borgere/<public_id>/kontaktperson": "citizen:enrol",
    "POST /personale/borgere/<public_id>/dage": "citizen:enrol",
    "GET /personale/borgere/<public_id>/slut": "citizen:enrol",
    "POST /personale/borgere/<public_id>/slut": "citizen:enrol",
    "GET /personale/borgere/<public_id>/fortryd-slut": "citizen:enrol",
    "POST /personale/borgere/<public_id>/fortryd-slut": "citizen:enrol",
    "GET /personale/borgere/tidligere": "citizen:enrol",
    "POST /personale/borgere/tidligere": "caseload:delegate",
    "GET /personale/medarbejdere": "account:manage",
    "GET /personale/medarbejdere/inviter": "account:manage",
    "POST /personale/medarbejdere/inviter": "account:manage",
    "POST /personale/medarbejdere/invitationer/<public_id>/igen": "account:manage",
    "POST /personale/medarbejdere/invitationer/<public_id>/traek-tilbage": "account:manage",
    "GET /personale/medarbejdere/<public_id>": "account:manage",
    "POST /personale/medarbejdere/<public_id>/navn": "account:manage",
    "POST /personale/medarbejdere/<public_id>/roller": "account:manage",
    "POST /personale/medarbejdere/<public_id>/afdelinger": "account:manage",
    "POST /personale/medarbejdere/<public_id>/aaben": "account:manage",
    "POST /personale/medarbejdere/<public_id>/totrin": "account:manage",
    "GET /personale/medarbejdere/<public_id>/luk": "account:manage",
    "POST /personale/medarbejdere/<public_id>/luk": "account:manage",
    "POST /personale/medarbejdere/<public_id>/overdrag": "account:manage",
    "GET /invitation/<public_id>/<token>": "public",
    "POST /invitation/<public_id>/<token>": "public",
    "POST /personale/borgere/<public_id>/kode/ny": "pin:release",
    "POST /personale/borgere/<public_id>/kode/slip": "pin:release",
    "GET /personale/moebler/ny": "item:edit",
    "GET /personale/moebler/ny/<way>": "item:edit",
    "POST /personale/moebler/ny/<way>": "item:edit",
    "GET /personale/moebler/ny/lavet/<once>": "item:edit",
    "POST /personale/moebler/ny/lavet/<once>/fortryd": "item:edit",
    "GET /personale/moebler/scan": "item:read",
    "GET /personale/moebler/optaelling": "item:count",
    "POST /personale/moebler/optaelling": "item:count",
    "GET /personale/moebler/optaelling/<public_id>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/set": "item:count",
    "GET /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>/fortryd": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/afslut": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/taelvidere": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/ret": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/drop": "item:count",
    "GET /personale/moebler/<int(max=2147483647):number>/lager": "item:read",
    "POST /personale/moebler/<int(max=2147483647):number>/lager": "item:count",
    "GET /personale/moebler/import": "item:edit",
    "POST /personale/moebler/import": "item:edit",
    "GET /personale/moebler/import/<name>": "item:edit",
    "POST /personale/moebler/import/<name>": "item:edit",
    "GET /personale/moebler/import/skabelon.csv": "item:edit",
    "GET /personale/moebler/import/skabelon.xlsx": "item:edit",
    "GET /personale/moebler/eksport.csv": "item:read",
    "GET /personale/moebler/eksport.xlsx": "item:read",
    "GET /personale/moebler/kode/<token>": "item:edit",
    "POST /personale/moebler/kode/<token>/ny": "item:edit",
    "POST /personale/moebler/kode/<token>/paa": "item:edit",
    "POST /personale/moebler/kode/<token>/fri": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/ny-kode": "item:edit",
    "GET /healthz": "public",
    "POST /vaerksted/opgaver/<public_id>/svar": "kiosk:use",
    "POST /vaerksted/sprog": "tablet",
    "POST /vaerksted/opgaver/<public_id>/faerdig": "tablet",
    "GET /vaerksted/hjaelp": "tablet",
    "POST /vaerksted/her": "kiosk:use",
    "GET /vaerksted/hjem": "kiosk:use",
    "GET /vaerksted/opgaver/<public_id>/faerdig": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke/<job_id>.pdf": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke.png": "kiosk:use",
    "GET /vaerksted/sprog": "tablet",
    "GET /vaerksted/opgaver/<public_id>/lavet": "kiosk:use",
    "GET /vaerksted/uge": "kiosk:use",
    "GET /vaerksted/koekken": "kiosk:use",
    "POST /vaerksted/koekken": "kiosk:use",
    "GET /vaerksted/ikke-klar": "public",
    "GET /vaerksted/moebler/<int:number>/foto": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/foto/<name>.jpg": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/foto": "kiosk:use",
    "GET /vaerksted/kode/<public_id>": "tablet",
    "GET /vaerksted/kode-hjaelp": "tablet",
    "POST /vaerksted/kode/<public_id>": "tablet",
    "GET /vaerksted/moebler/<int:number>/pris": "kiosk:use",
    "GET /vaerksted/scan": "kiosk:use",
    "GET /vaerksted/nyt": "kiosk:use",
    "POST /vaerksted/nyt": "kiosk:use",
    "GET /vaerksted/nyt/kode/<token>": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>/gammel": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>/fri": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/videre": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/navn": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/navn": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/faerdig": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/foto/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/pris": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke/<job_id>/godt": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke/<job_id>/igen": "kiosk:use",
    "GET /vaerksted/maerker": "kiosk:use",
    "GET /vaerksted/maerker/ark": "kiosk:use",
    "POST /vaerksted/maerker/ark": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>/billede.png": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>.pdf": "kiosk:use",
    "POST /vaerksted/maerker/<job_id>/godt": "kiosk:use",
    "POST /vaerksted/maerker/<job_id>/igen": "kiosk:use",
    "GET /vaerksted/tael": "kiosk:use",
    "POST /vaerksted/tael": "kiosk:use",
    "GET /vaerksted/tael/<count_id>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>": "kiosk:use",
    "GET /vaerksted/tael/<count_id>/<int:number>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/<int:number>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/faerdig": "kiosk:use",
    "POST /vaerksted/ud": "tablet",
    "POST /vaerksted/opgaver/<public_id>/start": "kiosk:use",
    "GET /vaerksted/opgaver": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>": "kiosk:use",
    "GET /vaerksted": "tablet",
    "POST /personale/prismaerker/<public_id>/igen": "label:print",
    "GET /personale/prismaerker/<public_id>": "label:print",
    "POST /personale/prismaerker": "label:print",
    "GET /personale/prismaerker/<public_id>/pdf": "label:print",
    "GET /personale/prismaerker/eksempel/<int(max=2147483647):number>.png": "label:print",
    "POST /personale/prismaerker/nr/<int(max=2147483647):number>": "label:print",
    "POST /personale/prismaerker/<public_id>/udskrevet": "label:print",
    "GET /personale/prismaerker": "label:print",
    "POST /personale/prismaerker/<public_id>/nogle": "label:print",
    "POST /personale/prismaerker/<public_id>/send": "label:print",
    "GET /personale/prismaerker/blanke": "label:print",
    "POST /personale/prismaerker/blanke": "label:print",
    "GET /personale/prismaerker/layout": "label:design",
    "GET /personale/prismaerker/layout/ny": "label:design",
    "POST /personale/prismaerker/layout/ny": "label:design",
    "GET /personale/prismaerker/layout/eksempel.png": "label:design",
    "GET /personale/prismaerker/layout/<public_id>": "label:design",
    "POST /personale/prismaerker/layout/<public_id>": "label:design",
    "POST /personale/prismaerker/layout/<public_id>/brug": "label:design",
    "GET /personale/prismaerker/ark": "label:design",
    "GET /personale/prismaerker/ark/nyt": "label:design",
    "POST /personale/prismaerker/ark/nyt": "label:design",
    "GET /personale/prismaerker/ark/<key>": "label:design",
    "POST /personale/prismaerker/ark/<key>": "label:design",
    "POST /personale/prismaerker/ark/<key>/slet": "label:design",
    "GET /personale/prismaerker/printere": "printer:manage",
    "GET /personale/prismaerker/printere/ny": "printer:manage",
    "POST /personale/prismaerker/printere/ny": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>/ret-ind": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/ret-ind": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>/proeveside.pdf": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/proeve": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/nulstil": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/bakke": "printer:manage",
    "GET /personale/mails": "mail:read",
    "GET /ordre/<public_id>/annuller": "public",
    "GET /ordre/<public_id>/bekraeft/<token>": "public",
    "POST /ordre/<public_id>/annuller": "public",
    "POST /ordre/<public_id>/bekraeft/<token>": "public",
    "GET /fortryd": "public",
    "POST /fortryd": "public",
    "POST /fortryd/bekraeft": "public",
    "GET /fortryd/kvittering/<public_id>": "public",
    "GET /ordre": "public",
    "POST /ordre": "public",
    "GET /ordre/<public_id>/fortryd": "public",
    "POST /ordre/<public_id>/fortryd": "public",
    "POST /ordre/<public_id>/fortryd/bekraeft": "public",
    "GET /ordre/<public_id>/fortryd/<receipt_id>": "public",
    "GET /ordre/<public_id>/reklamation": "public",
    "POST /ordre/<public_id>/reklamation": "public",
    "GET /ordre/<public_id>/anden-tid": "public",
    "POST /ordre/<public_id>/anden-tid": "public",
    "GET /ordre/<public_id>/tid.ics": "public",
    "GET /personale/ordrer/fortrydelser": "order:read",
    "GET /personale/ordrer/fortrydelser/<public_id>": "order:read",
    "POST /personale/ordrer/fortrydelser/<public_id>/ordre": "order:handle",
    "POST /personale/ordrer/fortrydelser/<public_id>/afvis": "order:refund",
    "POST /personale/ordrer/fortrydelser/<public_id>/annuller": "order:refund",
    "POST /personale/ordrer/fortrydelser/<public_id>/tag-ud": "order:refund",
    "POST /personale/ordrer/fortrydelser/<public_id>/afslut": "order:refund",
    "GET /personale/ordrer/afstemning/": "order:refund",
    "POST /personale/ordrer/afstemning/": "order:refund",
    "POST /personale/ordrer/afstemning/<public_id>/i-orden": "order:refund",
    "GET /personale/ordrer/reklamationer/<public_id>": "order:read",
    "POST /personale/ordrer/reklamationer/<public_id>": "order:handle",
    "POST /personale/ordrer/reklamationer/<public_id>/luk": "order:handle",
    "GET /personale/ordrer/<public_id>/tilbagebetaling": "order:refund",
    "POST /personale/ordrer/<public_id>/tilbagebetaling": "order:refund",
    "POST /personale/ordrer/tilbagebetalinger/<refund_id>/igen": "order:refund",
    "GET /personale/ordrer": "order:read",
    "POST /personale/ordrer/<public_id>/annuller": "order:handle",
    "GET /personale/ordrer/<public_id>": "order:read",
    "POST /personale/ordrer/<public_id>/udlever": "order:handle",
    "GET /ordre/<public_id>/<token>": "public",
    "GET /ordre/<public_id>": "public",
    "POST /ordre/<public_id>/betal": "public",
    "POST /personale/ordrer/<public_id>/betal-tilbage": "order:refund",
    "POST /personale/ordrer/<public_id>/klar": "order:handle",
    "GET /personale/ordrer/udlever": "order:handle",
    "GET /personale/ordrer/<public_id>/aftale": "order:read",
    "GET /personale/ordrer/udlever/<code>": "order:handle",
    "POST /personale/ordrer/<public_id>/pakket": "order:handle",
    "GET /personale/ordrer/<public_id>/tid": "order:handle",
    "POST /personale/ordrer/<public_id>/tid": "order:handle",
    "POST /personale/ordrer/<public_id>/set": "order:handle",
    "POST /personale/ordrer/<public_id>/betal-ved-afhentning": "order:handle",
    "POST /personale/ordrer/<public_id>/betalt": "order:handle",
    "GET /personale/ordrer/pakkeliste": "order:read",
    "GET /personale/ordrer/pakkeliste.pdf": "order:read",
    "GET /personale/ordrer/levering": "order:read",
    "GET /personale/ordrer/levering.pdf": "order:read",
    "GET /personale/ordrer/telefon": "order:handle",
    "GET /personale/ordrer/telefon/lav/<sku>": "order:handle",
    "GET /personale/ordrer/telefon/kunde": "order:handle",
    "POST /personale/ordrer/telefon/kunde": "order:handle",
    "POST /indstillinger": "public",
    "GET /opsaetning/<token>": "public",
    "POST /opsaetning/<token>": "public",
    "GET /logo/<file>": "public",
    "GET /personale/indstillinger": "settings:edit",
    "POST /personale/indstillinger/trin/<key>/passer": "settings:edit",
    "GET /personale/indstillinger/vaerkstedet": "settings:edit",
    "POST /personale/indstillinger/vaerkstedet": "settings:edit",
    "POST /personale/indstillinger/vaerkstedet/logo": "settings:edit",
    "POST /personale/indstillinger/vaerkstedet/logo/fjern": "settings:edit",
    "GET /personale/indstillinger/vaerkstedet/logo/<file>": "settings:edit",
    "GET /personale/indstillinger/startkatalog": "settings:edit",
    "POST /personale/indstillinger/startkatalog": "settings:edit",
    "GET /personale/indstillinger/afdelinger": "settings:edit",
    "POST /personale/indstillinger/afdelinger": "settings:edit",
    "GET /personale/indstillinger/afdelinger/<key>": "settings:edit",
    "POST /personale/indstillinger/afdelinger/<key>": "settings:edit",
    "POST /personale/indstillinger/afdelinger/<key>/luk": "settings:edit",
    "POST /personale/produktion/<public_id>/trin": "production:edit",
    "POST /personale/produktion/<public_id>/stop": "production:edit",
    "GET /personale/produktion/<public_id>/stop": "production:edit",
    "POST /personale/produktion/<public_id>/flyt/fortryd": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/faerdig": "production:edit",
    "GET /personale/produktion/ny": "production:edit",
    "POST /personale/produktion/ny": "production:edit",
    "GET /personale/produktion/<public_id>": "production:read",
    "GET /personale/produktion": "production:read",
    "GET /personale/produktion/tavle": "production:read",
    "POST /personale/produktion/<public_id>/udfald": "production:edit",
    "POST /personale/produktion/<public_id>/afslut": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/tilbage": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/igen": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/flyt": "production:edit",
    "GET /personale/produktion/<public_id>/trin/<step_id>": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>": "production:edit",
    "GET /personale/produktion/<public_id>/ret": "production:edit",
    "POST /personale/produktion/<public_id>/ret": "production:edit",
    "GET /personale/produktion/<public_id>/flyt": "production:edit",
    "POST /personale/produktion/<public_id>/flyt": "production:edit",
    "POST /personale/produktion/<public_id>/billeder": "production:edit",
    "POST /personale/produktion/<public_id>/billeder/<name>/fjern": "production:edit",
    "GET /personale/produktion/skitse/<file>": "production:read",
    "GET /personale/produktion/skaerelister": "production:read",
    "GET /personale/produktion/opgavetyper": "production:read",
    "GET /personale/produktion/opgavetyper/ny": "production:edit",
    "POST /personale/produktion/opgavetyper/ny": "production:edit",
    "GET /personale/produktion/opgavetyper/<key>": "production:read",
    "POST /personale/produktion/opgavetyper/<key>": "production:edit",
    "POST /personale/produktion/opgavetyper/<key>/slet": "production:edit",
    "POST /personale/produktion/opgavetyper/<key>/billede": "production:edit",
    "POST /personale/produktion/opgavetyper/<key>/billede/fjern": "production:edit",
    "GET /personale/produktion/opgavetyper/billede/<file>": "production:read",
    "GET /personale/produktion/varetyper": "production:read",
    "GET /personale/produktion/varetyper/ny": "production:edit",
    "POST /personale/produktion/varetyper/ny": "production:edit",
    "GET /personale/produktion/varetyper/<sku>": "production:read",
    "POST /personale/produktion/varetyper/<sku>": "production:edit",
    "POST /personale/produktion/varetyper/<sku>/slet": "production:edit",
    "GET /vaerksted/opgaver/<public_id>": "kiosk:use",
    "GET /vaerksted/opgaver/<public_id>/billede/<file>": "kiosk:use",
    "GET /vaerksted/opgaver/<public_id>/materialer": "kiosk:use",
    "POST /vaerksted/opgaver/<public_id>/materialer": "kiosk:use",
    "GET /personale/produktion/skaerelister/<sku>": "production:read",
    "POST /personale/produktion/skaerelister/<sku>": "production:edit",
    "GET /personale/produktion/skaerelister/<sku>/<int:position>": "production:edit",
    "POST /personale/produktion/skaerelister/<sku>/<int:position>": "production:edit",
    "POST /personale/produktion/skaerelister/<sku>/<int:position>/fjern": "production:edit",
    "GET /personale/produktion/lagermaal": "production:read",
    "POST /personale/produktion/lagermaal": "production:edit",
    "POST /personale/produktion/lagermaal/<sku>/fjern": "production:edit",
    "POST /personale/produktion/lagermaal/<sku>/ordre": "production:edit",
    "GET /personale/produktion/<public_id>/arbejdskort.pdf": "production:read",
    "GET /personale/produktion/kort/<public_id>": "public",
    "GET /personale/produktion/lager": "production:read",
    "GET /personale/produktion/lager/ind": "production:edit",
    "POST /personale/produktion/lager/ind": "production:edit",
    "GET /personale/produktion/lager/foto/<file>": "production:read",
    "GET /personale/produktion/lager/materiale/<key>": "production:read",
    "POST /personale/produktion/lager/materiale/<key>/talt": "production:edit",
    "POST /personale/produktion/lager/materiale/<key>/ud": "production:edit",
    "POST /personale/produktion/lager/materiale/<key>/mindst": "production:edit",
    "GET /personale/produktion/<public_id>/materialer": "production:read",
    "POST /personale/produktion/<public_id>/materialer": "production:edit",
    "POST /personale/produktion/<public_id>/materialer/alt": "production:edit",
    "GET /personale/produktion/koekken": "production:read",
    "GET /personale/produktion/koekken/<key>/<int:year>-<int:number>": "production:read",
    "POST /personale/produktion/koekken/<key>/<int:year>-<int:number>/som-sidst": "production:edit",
    "GET /personale/produktion/koekken/<key>/dag/<day>": "production:edit",
    "POST /personale/produktion/koekken/<key>/dag/<day>": "production:edit",
    "GET /personale/produktion/koekken/<key>/ark/<day>": "production:read",
    "GET /personale/produktion/koekken/retter": "production:read",
    "GET /personale/produktion/koekken/retter/ny": "production:edit",
    "POST /personale/produktion/koekken/retter/ny": "production:edit",
    "GET /personale/produktion/koekken/retter/<int:dish_id>": "production:edit",
    "POST /personale/produktion/koekken/retter/<int:dish_id>": "production:edit",
    "GET /personale/produktion/koekken/indkoeb": "production:read",
    "POST /personale/produktion/koekken/indkoeb": "production:edit",
    "GET /personale/produktion/faste": "production:read",
    "GET /personale/produktion/faste/uge/<int:year>-<int:number>": "production:read",
    "GET /personale/produktion/faste/ny": "production:edit",
    "POST /personale/produktion/faste/ny": "production:edit",
    "GET /personale/produktion/faste/<public_id>": "production:edit",
    "POST /personale/produktion/faste/<public_id>": "production:edit",
    "POST /personale/produktion/faste/<public_id>/stop": "production:edit",
    "POST /personale/produktion/faste/<public_id>/<day>/spring-over": "production:edit",
    "POST /personale/produktion/faste/<public_id>/<day>/tag-med": "production:edit",
    "POST /personale/produktion/faste/<public_id>/<day>/gjort": "production:edit",
    "POST /personale/produktion/faste/<public_id>/<day>/ikke-gjort": "production:edit",
    "GET /personale/produktion/indleveret": "repair:handle",
    "GET /personale/produktion/indleveret/ny": "repair:handle",
    "POST /personale/produktion/indleveret/ny": "repair:handle",
    "GET /personale/produktion/indleveret/nr/<printed>": "repair:handle",
    "GET /personale/produktion/indleveret/<public_id>": "repair:handle",
    "GET /personale/produktion/indleveret/<public_id>/ret": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/ret": "repair:handle",
    "GET /personale/produktion/indleveret/<public_id>/seddel.pdf": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/plan": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/linjer": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/linjer/<int:line_id>/fjern": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/svar": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/begynd": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/drop": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/proevet": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/faerdig": "production:edit",
    "POST /personale/produktion/indleveret/<public_id>/billeder": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/billeder/<name>/fjern": "repair:handle",
    "GET /personale/produktion/indleveret/foto/<file>": "repair:handle",
    "GET /personale/produktion/indleveret/udlever": "repair:handle",
    "POST /personale/produktion/indleveret/udlever": "repair:handle",
    "GET /personale/produktion/indleveret/<public_id>/udlever": "repair:handle",
    "POST /personale/produktion/indleveret/<public_id>/udlever": "repair:handle",
    "GET /indlevering/<public_id>/<token>": "public",
    "GET /indlevering/<public_id>": "public",
    "POST /indlevering/<public_id>/svar": "public",
    "GET /personale/service/aftaler": "service:plan",
    "GET /personale/service/aftaler/<public_id>": "service:plan",
    "POST /personale/service/aftaler/<public_id>/note": "service:plan",
    "POST /personale/service/aftaler/<public_id>/adgang": "service:visit",
    "POST /personale/service/aftaler/<public_id>/pause": "service:plan",
    "POST /personale/service/aftaler/<public_id>/pause/<pause_id>/slut": "service:plan",
    "POST /personale/service/aftaler/<public_id>/slut": "service:sell",
    "POST /personale/service/aftaler/<public_id>/nyt-besoeg": "service:plan",
    "GET /personale/service/aftaler/<public_id>/besoeg/<visit_id>": "service:plan",
    "POST /personale/service/aftaler/<public_id>/besoeg/<visit_id>/flyt": "service:plan",
    "POST /personale/service/aftaler/<public_id>/besoeg/<visit_id>/aflys": "service:plan",
    "GET /personale/sne": "service:plan",
    "POST /personale/sne": "service:plan",
    "POST /personale/sne/udsigt": "service:plan",
    "GET /personale/sne/<public_id>": "service:plan",
    "POST /personale/sne/<public_id>/kald-ud": "service:plan",
    "POST /personale/sne/<public_id>/lad-vaere": "service:plan",
    "GET /personale/sne/log": "service:plan",
    "GET /personale/sne/log/<public_id>": "service:plan",
    "GET /personale/sne/log/<public_id>/log.pdf": "service:plan",
    "GET /service": "public",
    "GET /service/<slug>": "public",
    "POST /service/<slug>": "public",
    "POST /service/<slug>/pris": "public",
    "GET /service/sendt/<public_id>": "public",
    "GET /personale/service/ny": "service:plan",
    "GET /personale/service/ny/<slug>": "service:plan",
    "POST /personale/service/ny/<slug>": "service:plan",
    "GET /personale/service/foto/<file>": "service:plan",
    "GET /personale/service/forespoergsler/<public_id>": "service:plan",
    "POST /personale/service/forespoergsler/<public_id>/spoerg": "service:plan",
    "POST /personale/service/forespoergsler/<public_id>/afvis": "service:sell",
    "GET /personale/service/forespoergsler/<public_id>/svar": "service:sell",
    "POST /personale/service/forespoergsler/<public_id>/svar": "service:sell",
    "GET /personale/service/forespoergsler/<public_id>/aftalen": "service:sell",
    "GET /personale/service/forespoergsler/<public_id>/tilbud": "service:sell",
    "POST /personale/service/forespoergsler/<public_id>/tilbud": "service:sell",
    "GET /forespoergsel/<public_id>/<token>": "public",
    "GET /forespoergsel/<public_id>": "public",
    "POST /forespoergsel/<public_id>/traek-tilbage": "public",
    "GET /tilbud/<public_id>/<token>": "public",
    "GET /tilbud/<public_id>": "public",
    "POST /tilbud/<public_id>/ja": "public",
    "POST /tilbud/<public_id>/nej": "public",
    "POST /tilbud/<public_id>/spoerg": "public",
    "GET /personale/ordrer/fortrydelser/<public_id>/aftale": "order:read",
    "POST /personale/ordrer/fortrydelser/<public_id>/aftale": "order:refund",
    "GET /personale/service/priser": "service:sell",
    "GET /personale/service/priser/<key>": "service:sell",
    "POST /personale/service/priser/<key>": "service:sell",
    "GET /personale/service/omraade": "service:sell",
    "POST /personale/service/omraade/zoner": "service:sell",
    "POST /personale/service/omraade/postnumre": "service:sell",
    "POST /personale/service/omraade/postnumre/<code>/fjern": "service:sell",
    "POST /personale/service/omraade/liste": "service:sell",
    "GET /personale/service/betaling": "service:sell",
    "GET /personale/service/betaling/<public_id>": "service:sell",
    "POST /personale/service/betaling/<public_id>/betalt": "service:sell",
    "POST /personale/service/betaling/<public_id>/annuller": "service:sell",
    "POST /personale/service/betaling/<public_id>/send": "service:sell",
    "POST /personale/service/betaling/mangler": "service:sell",
    "GET /regning/<public_id>/<token>": "public",
    "GET /regning/<public_id>": "public",
    "POST /regning/<public_id>/betal": "public",
    "GET /aftale/<public_id>/snelog": "public",
    "GET /aftale/<public_id>/snelog.pdf": "public",
    "GET /aftale/<public_id>/<token>": "public",
    "GET /aftale/<public_id>": "public",
    "GET /aftale/<public_id>/pause": "public",
    "POST /aftale/<public_id>/pause": "public",
    "POST /aftale/<public_id>/pause/<pause_id>/slut": "public",
    "GET /aftale/<public_id>/slut": "public",
    "POST /aftale/<public_id>/slut": "public",
    "GET /aftale/<public_id>/besoeg/<visit_id>": "public",
    "POST /aftale/<public_id>/besoeg/<visit_id>/flyt": "public",
    "POST /aftale/<public_id>/besoeg/<visit_id>/aflys": "public",
    "GET /aftale/<public_id>/foto/<file>": "public",
    "GET /aftale/<public_id>/kalender.ics": "public",
    "GET /aftale/<public_id>/kalender/<token>.ics": "public",
    "GET /personale/produktion/indkoeb": "production:read",
    "POST /personale/produktion/indkoeb/mangler": "production:edit",
    "POST /personale/produktion/indkoeb/bestilt": "production:edit",
    "GET /personale/produktion/indkoeb/ny": "production:edit",
    "POST /personale/produktion/indkoeb/ny": "production:edit",
    "GET /personale/produktion/indkoeb/<public_id>": "production:read",
    "POST /personale/produktion/indkoeb/<public_id>/ret": "production:edit",
    "POST /personale/produktion/indkoeb/<public_id>/modtag": "production:edit",
    "POST /personale/produktion/indkoeb/<public_id>/drop": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/spring-over": "production:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/godkend": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/godkend": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/oplysninger": "item:edit",
    "GET /personale/moebler/<int(max=2147483647):number>": "item:read",
    "GET /personale/moebler": "item:read",
    "GET /foto/<file>": "public",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/fjern": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/flyt": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/tekst": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/skjul": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/pris": "item:price",
    "GET /personale/foto/<file>": "item:read",
    "POST /personale/moebler/<int(max=2147483647):number>/tag-ud": "item:approve",
    "GET /personale/borgere/<public_id>": "citizen:read",
    "GET /personale/borgere/<public_id>/hensyn": "sealed:read",
    "GET /personale/borgere/<public_id>/hensyn/nyt": "sealed:read",
    "POST /personale/borgere/<public_id>/hensyn/nyt": "sealed:read",
    "GET /personale/borgere/<public_id>/hensyn/<care_id>": "sealed:read",
    "POST /personale/borgere/<public_id>/hensyn/<care_id>": "sealed:read",
    "POST /personale/borgere/<public_id>/hensyn/<care_id>/slut": "sealed:read",
    "GET /personale/borgere/<public_id>/lukkede-noter": "sealed:read",
    "POST /personale/borgere/<public_id>/lukkede-noter": "sealed:read",
    "POST /personale/borgere/<public_id>/lukkede-noter/ja/<delegation_id>": "sealed:read",
    "POST /personale/borgere/<public_id>/lukkede-noter/nej/<delegation_id>": "sealed:read",
    "GET /vaerksted/det-hjaelper-mig": "kiosk:use",
    "GET /personale/delegering": "caseload:delegate",
    "POST /personale/delegering": "caseload:delegate",
    "POST /personale/delegering/<public_id>/tag-tilbage": "caseload:delegate",
    "POST /personale/borgere/<public_id>/maal/<goal_id>/eksempel": "plan:edit",
    "POST /personale/borgere/<public_id>/grund": "citizen:read",
    "GET /personale/borgere/<public_id>/maal/<goal_id>": "plan:edit",
    "POST /personale/borgere/<public_id>/maal/<goal_id>": "plan:edit",
    "GET /personale/borgere/<public_id>/maal": "plan:edit",
    "POST /personale/borgere/<public_id>/maal": "plan:edit",
    "GET /personale/borgere/<public_id>/plan": "plan:edit",
    "POST /personale/borgere/<public_id>/plan": "plan:edit",
    "POST /personale/borgere/<public_id>/samtale/<talk_id>/luk": "level:adopt",
    "POST /personale/borgere/<public_id>/samtale": "level:adopt",
    "GET /personale/borgere/<public_id>/samtale/<talk_id>": "level:adopt",
    "POST /personale/borgere/<public_id>/samtale/<talk_id>": "level:adopt",
    "GET /vaerksted/det-kan-jeg": "kiosk:use",
    "GET /static/build/<path:name>": "public",
    "GET /bestil": "public",
    "GET /bestil/<name>": "public",
    "POST /bestil/<name>": "public",
    "POST /kurv/fjern-bestilling": "public",
    "POST /personale/ordrer/<public_id>/produktion": "order:handle",
    "GET /kurv": "public",
    "POST /kassen": "public",
    "GET /butik/<section>": "public",
    "GET /soeg": "public",
    "GET /robots.txt": "public",
    "GET /sitemap.xml": "public",
    "GET /varer.xml": "public",
    "GET /betingelser/<int:version>": "public",
    "GET /spoerg": "public",
    "POST /spoerg": "public",
    "GET /spoerg/tak": "public",
    "GET /sig-til": "public",
    "POST /sig-til": "public",
    "GET /sig-til/tak": "public",
    "GET /sig-til/<public_id>/<token>": "public",
    "POST /sig-til/<public_id>/<token>": "public",
    "GET /personale/ordrer/spoergsmaal": "order:read",
    "GET /personale/ordrer/spoergsmaal/<public_id>": "order:read",
    "POST /personale/ordrer/spoergsmaal/<public_id>": "order:handle",
    "GET /personale/salg": "till:sell",
    "POST /personale/salg": "till:sell",
    "GET /personale/salg/vaek": "till:sell",
    "GET /personale/salg/antal": "till:sell",
    "GET /personale/salg/linje": "till:sell",
    "GET /personale/salg/dagen": "till:sell",
    "GET /personale/salg/<public_id>": "till:sell",
    "POST /personale/salg/<public_id>/fortryd": "till:sell",
    "POST /personale/salg/<public_id>/mail": "till:sell",
    "GET /personale/butik": "shop:edit",
    "POST /personale/butik/tider": "shop:edit",
    "POST /personale/butik/tider/<any(pickup, delivery):kind>/<int:weekday>/<int:minute>/fjern": "shop:edit",
    "POST /personale/butik/lukkedage": "shop:edit",
    "POST /personale/butik/lukkedage/<day>/fjern": "shop:edit",
    "GET /personale/butik/levering": "shop:edit",
    "POST /personale/butik/levering": "shop:edit",
    "POST /personale/butik/postnumre": "shop:edit",
    "POST /personale/butik/postnumre/<code>/fjern": "shop:edit",
    "GET /personale/butik/tekster": "shop:edit",
    "GET /personale/butik/tekster/<key>": "shop:edit",
    "POST /personale/butik/tekster/<key>": "shop:edit",
    "GET /personale/butik/betingelser": "shop:edit",
    "POST /personale/butik/betingelser": "shop:edit",
    "GET /kassen": "public",
    "GET /": "public",
    "GET /vare/<name>": "public",
    "GET /<any(om, levering, betingelser, persondata, tilgaengelighed):name>": "public",
    "POST /kurv": "public",
    "GET /Q/<token>": "public",
    "GET /q/<token>": "public",
    "POST /kurv/fjern": "public",
    "POST /kurv/antal": "public",
    "GET /kassen/opdater": "public",
    "POST /kassen/opdater": "public",
    "POST /stripe/webhook": "webhook",
    "POST /personale/hold/<public_id>": "record:confirm",
    "POST /personale/hold/<public_id>/ret": "record:confirm",
    "GET /personale/hold/<public_id>": "record:confirm",
    "POST /personale/hold/<public_id>/annuller": "record:confirm",
    "GET /personale/hold": "record:confirm",
    "GET /personale/service": "service:plan",
    "GET /personale/service/plan": "service:plan",
    "GET /personale/service/plan/<int:year>-<int:number>": "service:plan",
    "POST /personale/service/plan/<int:year>-<int:number>/skriv": "service:plan",
    "GET /personale/service/hold": "service:plan",
    "GET /personale/service/hold/ny": "service:plan",
    "POST /personale/service/hold/ny": "service:plan",
    "GET /personale/service/hold/<public_id>": "service:plan",
    "POST /personale/service/hold/<public_id>": "service:plan",
    "GET /personale/service/besoeg/<public_id>": "service:plan",
    "GET /personale/service/besoeg/<public_id>/plan": "service:plan",
    "POST /personale/service/besoeg/<public_id>/plan": "service:plan",
    "POST /personale/service/besoeg/<public_id>/ud-af-planen": "service:plan",
    "POST /personale/service/besoeg/<public_id>/fortalt": "service:plan",
    "POST /personale/service/besoeg/<public_id>/sted": "service:plan",
    "POST /personale/service/besoeg/<public_id>/paa-vej": "service:visit",
    "POST /personale/service/besoeg/<public_id>/begynd": "service:visit",
    "POST /personale/service/besoeg/<public_id>/faerdig": "service:visit",
    "POST /personale/service/besoeg/<public_id>/kunne-ikke": "service:visit",
    "POST /personale/service/besoeg/<public_id>/fortryd": "service:visit",
    "POST /personale/service/besoeg/<public_id>/billeder": "service:visit",
    "POST /personale/service/besoeg/<public_id>/billeder/<name>/vis": "service:visit",
    "POST /personale/service/besoeg/<public_id>/billeder/<name>/fjern": "service:visit",
    "GET /personale/service/besoeg/foto/<file>": "service:plan",
    "GET /personale/serviceture": "service:plan",
    "GET /personale/serviceture/<day>": "service:plan",
    "GET /personale/serviceture/<day>/tur.pdf": "service:plan",
    "POST /personale/serviceture/<day>/<team_id>/raekkefoelge": "service:plan",
    "GET /personale/uge/besoeg/<public_id>": "week:assign",
    "POST /personale/uge/besoeg/<public_id>": "week:assign",
    "GET /personale/uge/hold/<public_id>": "week:assign",
    "POST /personale/uge/hold/<public_id>": "week:assign",
    "POST /personale/uge/ny": "week:assign",
    "POST /personale/uge/opgave/<public_id>/tag-af": "week:assign",
    "POST /personale/uge/opgave/<public_id>": "week:assign",
    "GET /personale/uge/ny": "week:assign",
    "GET /personale/uge/opgave/<public_id>": "week:assign",
    "GET /personale/uge": "week:read",
    "GET /personale/uge/<int:year>-<int:number>": "week:read",
    "GET /personale/moebler/huspriser": "item:read",
    "GET /personale/moebler/huspriser/ny": "item:price",
    "POST /personale/moebler/huspriser/ny": "item:price",
    "GET /personale/moebler/huspriser/<int(max=2147483647):house_price_id>": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>/tag-ud": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>/tag-i-brug": "item:price",
    "GET /personale/moebler/materialer": "item:read",
    "GET /personale/moebler/materialer/nyt": "item:edit",
    "POST /personale/moebler/materialer/nyt": "item:edit",
    "GET /personale/moebler/materialer/<key>": "item:edit",
    "POST /personale/moebler/materialer/<key>": "item:edit",
    "POST /personale/moebler/materialer/<key>/fjern": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/materialer": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/materialer/<key>/fjern": "item:edit",
    "GET /personale/moebler/moms": "vat:edit",
    "POST /personale/moebler/moms": "vat:edit",
    "POST /personale/moebler/moms/<origin>/<day>/fjern": "vat:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/oprindelse": "item:edit",
}
RANDOM = {"public_id": "x" * 22, "goal_id": "x" * 22, "talk_id": "x" * 22, "step_id": "x" * 22, "token": "x" * 10}
GIVEN = {**RANDOM, "number": 999_999, "name": "x", "file": "x-400.webp", "section": "havemobler", "day": "2026-11-24"}
SIGN_IN = "/personale/log-ind"


def key_of(rule: Rule) -> str:
    methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    return f"{methods} {rule.rule}"


def visited(app: Flask) -> list[tuple[str, str, str]]:
    """(key, method, address) of every rule, with values that belong to nobody."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = parts(rule, {"year": 2026, **GIVEN})
            address = app.url_map.bind("localhost").build(
                rule.endpoint, values, method=next(iter(rule.methods or ["GET"]))
            )
            method = "POST" if "POST" in (rule.methods or set()) else "GET"
            found.append((key_of(rule), method, address))
    return found


def new_client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def staff_client(app: Flask, role: Role) -> FlaskClient:
    with db.transaction() as session:
        factories.staff(session, name=role.value, email=f"{role.value}@butik.example", roles=[role])
    client = new_client(app)
    data = {"email": f"{role.value}@butik.example", "password": factories.PASSWORD}
    assert client.post(SIGN_IN, data=data).status_code == 303
    return client


def citizen_client(app: Flask, settings: Settings, now: datetime) -> FlaskClient:
    with db.transaction() as session:
        admin = factories.staff(session, roles=[Role.ADMIN])
        at = factories.department(session)
        _device, key = accounts.enrol_device(
            session, name="Tablet", department_id=at.id, by_staff_id=admin.account_id, now=now
        )
        programme = ProgrammeType(
            key="test", name="Forløb", legal_reference="", weeks=13, meeting_pattern=[], report_template="",
            valid_from=now.date(), valid_to=None, plan_name="Udviklingsplan",
        )  # fmt: skip
        session.add(programme)
        session.flush()
        person = citizens.add_citizen(
            session, full_name="Prøve Eksempel", display_name="Prøve", picture="raev", department_id=at.id, pin="4711",
            pepper=settings.pin_pepper, programme_type_id=programme.id, started_on=now.date(), ends_on=None,
            contact_staff_id=admin.account_id, now=now, cheap=True, weekdays=range(7),
        )  # fmt: skip
        public_id = person.public_id
    client = new_client(app)
    client.set_cookie("tablet", key)
    answer = client.post(f"/vaerksted/kode/{public_id}", data={"pin": "4711"})
    assert answer.status_code == 303, answer.text
    return client


def is_let_in(client: FlaskClient, method: str, address: str) -> bool:
    """Whether the guard lets the request through; what the page then says of ids nobody has is its own matter."""
    answer = client.open(address, method=method)
    assert answer.status_code < 500, f"{method} {address} answered {answer.status_code}"
    location = answer.headers.get("Location", "")
    turned_away = answer.status_code == 303 and (
        SIGN_IN in location or location in {"/vaerksted/ikke-klar", "/vaerksted"}
    )
    return not (answer.status_code == 403 or turned_away)


def may(key: str, roles: set[Role], *, has_tablet: bool = False) -> bool:
    """What the table says."""
    needed = EXPECTED[key]
    if needed in {"public", "webhook"}:
        return True
    if needed == "tablet":
        return has_tablet
    if needed == "half":
        return bool(roles - {Role.CITIZEN})
    return any(needed in GRANTS[role] for role in roles)


# Signing in or out changes who is asking; looking at the first page of the tablet is where being turned away leads.
LEFT_OUT = re.compile(
    r"POST /personale/log-(?:ind|ud)|POST /vaerksted/ud|GET /vaerksted(?:/ikke-klar)?$|POST /personale/tabletter$"
    r"|GET /vaerksted/min-kode$|GET /telefon/<token>$"  # on one's own phone they lead on to the page with the code
)


def check(app: Flask, client: FlaskClient, roles: set[Role], *, has_tablet: bool = False) -> None:
    wrong = [
        key
        for key, method, address in visited(app)
        if not LEFT_OUT.match(key) and is_let_in(client, method, address) is not may(key, roles, has_tablet=has_tablet)
    ]
    assert wrong == []


@pytest.mark.once
def test_the_table_names_every_address_and_no_other(app: Flask) -> None:
    found = {}
    for rule in app.url_map.iter_rules():
        mark = access.mark_of(app, rule.endpoint)
        assert mark is not None
        found[key_of(rule)] = mark.permission or mark.kind
    assert found == EXPECTED


@pytest.mark.plants
@pytest.mark.once
def test_an_address_missing_from_the_table_is_seen(app: Flask) -> None:
    app.add_url_rule("/planted", "planted", access.public(lambda: "open"))
    assert "GET /planted" not in EXPECTED
    assert "GET /planted" in {key_of(rule) for rule in app.url_map.iter_rules()}


def test_a_visitor(app: Flask) -> None:
    check(app, new_client(app), set())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITIZEN])
def test_staff_by_role(app: Flask, role: Role) -> None:
    check(app, staff_client(app, role), {role})


def test_a_citizen_at_the_tablet(app: Flask, settings: Settings) -> None:
    check(app, citizen_client(app, settings, datetime.now().astimezone()), {Role.CITIZEN}, has_tablet=True)


def test_a_disabled_account_is_a_visitor(app: Flask) -> None:
    client = staff_client(app, Role.WORKSHOP)
    with db.transaction() as session:
        session.execute(sa.update(Account).values(is_active=False))
    check(app, client, set())


def test_a_revoked_tablet_is_no_tablet(app: Flask, settings: Settings) -> None:
    now = datetime.now().astimezone()
    client = citizen_client(app, settings, now)
    with db.transaction() as session:
        accounts.revoke_device(session, session.scalars(sa.select(Device.id)).one(), now)
    check(app, client, set())


def test_a_citizen_of_another_department_is_answered_like_one_that_is_not_there(app: Flask, settings: Settings) -> None:
    citizen_client(app, settings, datetime.now().astimezone())
    with db.transaction() as session:
        other = accounts.add_department(session, "have", "Haveholdet")
        factories.staff(
            session, email="mette@butik.example", roles=[Role.WORKSHOP, Role.CONSULTANT], departments=[other]
        )
        foreign = session.scalars(sa.select(Citizen.public_id)).one()
    client = new_client(app)
    client.post(SIGN_IN, data={"email": "mette@butik.example", "password": factories.PASSWORD})
    for page in ("/personale/borgere/{}", "/personale/borgere/{}/kode", "/personale/borgere/{}/plan"):
        there, missing = client.get(page.format(foreign)), client.get(page.format("x" * 22))
        assert (there.status_code, there.text) == (404, missing.text)
