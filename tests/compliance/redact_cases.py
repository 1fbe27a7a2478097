"""Texts for the redaction tests: each with what is in it, as «class:words», and near misses without anything."""

CASES = """
My card is «card:4111 1111 1111 1111»
my card is «card:4111111111111111» exp 12/27
visa «card:4111-1111-1111-1111», cvv «card:123»
«card:5555555555554444»
amex «card:3782 822463 10005» thanks
use «card:378282246310005»
mastercard «card:2223 0031 2200 3222»
discover «card:6011 1111 1111 1117» ok?
«card:3056 930902 5904» is the diners one
jcb «card:3530111333300000»
«card:4111.1111.1111.1111»
card «card:4111 1111 1111 1111» 12/27 123
«card:4242 4242 4242 4242» 0927
the number on the front is «card:4000056655665556»
mi tarjeta es «card:5105 1051 0510 5100»
tarjeta «card:4012888888881881» caduca 05/28
charge 2 of them to «card:4111 1111 1111 1111»
cvc: «card:4321»
card verification code is «card:737»
«card:６０１１ 1111 1111 1117»
unionpay «card:6200000000000005»
«card:4111–1111–1111–1111»
pay «bank:GB29 NWBK 6016 1331 9268 19» please
IBAN «bank:ES91 2100 0418 4502 0005 1332» gracias
«bank:DE89370400440532013000»
my iban: «bank:FR14 2004 1010 0505 0001 3M02 606»
iban «bank:nl91 abna 0417 1643 00» ok
bank account number is «bank:12345678901»
routing number «bank:021000021» account to follow
sort code «bank:20-00-00»
cuenta bancaria «bank:2100 0418 4502 0005 1332»
clabe «bank:032180000118359719»
my checking account is «bank:000123456789»
my ssn is «id:123-45-6789»
social security number «id:123456789»
SSN: «id:078-05-1120»
«id:219 09 9999» is my social
my social is «id:123 45 6789»
SIN «id:046 454 286»
my social insurance number is «id:046454286»
my NI number is «id:AB 12 34 56 C»
nino «id:AB123456C» hm «id:JG103759A»
national insurance «id:JG 10 37 59 A»
mi dni es «id:12345678Z»
dni «id:12.345.678-Z»
DNI: «id:12345678 Z»
NIE «id:X1234567L»
tengo nie «id:Y-1234567-X»
cpf «id:529.982.247-25»
mi curp es «id:HEGG560427MVZRRL04»
itin «id:912-70-1234»
numéro «id:2 55 08 14 168 025 38»
passport number is «passport:X1234567»
my passport no. «passport:123456789»
pasaporte «passport:AAB123456»
el número de mi pasaporte es «passport:XDA123456» ok
Passport: «passport:C01234567»
driver's license «passport:D1234567»
drivers license number is «passport:WDLABCD456DG»
licencia de conducir «passport:B-1234567»
my driving licence is «passport:MORGA753116SM9»
Your verification code is «code:482913»
«code:482913» is your verification code
verification code: «code:4821»
my otp is «code:771204»
OTP «code:0042»
one-time code «code:12345678»
«code:G-482913» is your Google code
two-factor code is «code:990 112»
security code is «code:551122» for the login
login code: «code:8812»
código de verificación: «code:123456»
tu código de seguridad es «code:4417»
«code:882211» es tu código de verificación
clave dinámica «code:993311»
2fa «code:123456»
the reset code they sent is «code:661199»
my pin is «password:4417»
PIN: «password:9021»
pin number «password:1234»
el pin es «password:8812»
password is «password:hunter2»
my password: «password:correcthorse»
the wifi password is «password:Bikes4Ever!»
pwd=«password:s3cret»
contraseña: «password:gatito99»
mi contraseña es «password:miperro»
passcode «password:a1b2c3»
pass: «password:letmein»
clave: «password:abcd1234»
la clave es «password:sol2024»
passphrase is «password:opensesame»
user ana password «password:Qwerty12»
key «token:sk_live_abcdefghijklmnop1234»
«token:ghp_abcdefghijklmnopqrstuvwxyz0123456789»
«token:AKIAIOSFODNN7EXAMPLE»
xox «token:xoxb-123456789012-abcdefghij»
jwt «token:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123def456»
api key: «token:9f8a7b6c5d4e3f2a»
Authorization: Bearer «token:abc123def456ghi789»
«token:AIzaSyA1234567890abcdefghijklmnopqrstu»
my api key is «token:a1b2c3d4e5f6g7h8»
«token:glpat-abcdefghij1234567890»
mail me at «email:ana@example.com»
«email:ana.lopez+bikes@mail.example.co.uk» thanks
«email:BEN@EXAMPLE.ORG»
escríbeme a «email:ana_garcia@example.es»
call me at «phone:206-555-0123»
my number is «phone:(206) 555-0123»
«phone:+1 206 555 0123»
text «phone:2065550123»
«phone:+12065550123»
«phone:555-0123» after 5
llámame al «phone:612 345 678»
mi móvil es «phone:+34 612 34 56 78»
«phone:612345678»
call «phone:1-206-555-0123»
uk «phone:07700 900123»
fijo «phone:912 34 56 78»
«phone:206.555.0123»
my other cell: «phone:206 555 0124», use that
dob «birth:03/04/1985»
born «birth:March 4, 1985»
my date of birth is «birth:4 march 1985»
DOB: «birth:1985-03-04»
nací el «birth:4 de marzo de 1985»
fecha de nacimiento: «birth:04/03/1985»
i was born in «birth:1985»
her birthday is «birth:June 3rd»
birthdate «birth:3.4.85»
I'm «health:diabetic» so no sugar
she is «health:pregnant»
i have «health:asthma» and can't
tengo «health:diabetes»
recovering from «health:surgery»
estoy «health:embarazada»
«health:diagnosed»? yes, «health:epilepsy»
my «health:depression» is bad
es «health:alérgico» a los frutos secos
12 «health:insulin» pens
I live at «address:12 Oak Street»
«address:1450 NW 5th Ave», Portland
come to «address:7 Main St Apt 4»
«address:221B Baker Street»
deliver to «address:900 West Olympic Blvd» please
vivo en «address:calle Mayor 12»
«address:Avenida de América 33», Madrid
«address:c/ Alcalá, 45»
estoy en «address:plaza España 3»
«address:47.6062, -122.3321»
«address:https://maps.google.com/?q=47.6,-122.3»
po box «address:PO Box 1234» hm
post it to «address:SW1A 1AA»
«address:K1A 0B1» is the code
«address:4200 Sunset Blvd #12»
my name is «name:Ana López»
me llamo «name:Ben»
mi nombre es «name:Ana García»
name: «name:Carla»
«minor:my son is 8 years old» today
he is a «minor:12-year-old»
«minor:i'm 15»
«minor:my daughter is 9»
«minor:tengo 15 años»
my kid, she «minor:just turned 7»? no: «minor:turning 7»
""".strip().splitlines()
"""The class of each marked piece is found in it, and nothing else."""

NEAR_MISSES = """
order 4111111111111112
order 1234567890123456
tracking 9400 1000 0000 0000 0000 00
UPS 1Z999AA10123456784
tracking number 940010000000000000000
order 123-45-6789
part number 123-45-6789 please
invoice 078051120
ref 12345678Z
pedido 12345678Z
order AB123456C
model X1234567L
my order number is 5551234567
booking 2065550123
order #206-555-0123
it was $1,200.50
total 1.234.567,89 €
price 2065 dollars
2026-03-02 at 10:00
2026-03-02 2026-03-04
03/04/2026
on 12/25/2026 at 5 pm
the 4th of march 2026
between 10:30 and 11:45
open 0900-1700
mon-fri 9-18, sat 10-14
4 5 6 7 8 9
room 4111
size 38 40 42
the bike has 21 gears and 700x25 tires
frame WTU123456789
serial number 7GS9J8KLMN
98101-1234
28013
zip code 98101
pin code 560001
drop a pin on 1234
shipping 1234 pieces
my account number is 12345678
account 4417 at your shop
confirmation code 482913
promo code 20255
gate code is 4821
use code SAVE20
coupon code 4821
the dress code is black
area code 206
código postal 28013
cupón 482913
my password is not working
The passcode isn't working for me.
my passcode was denied.
my password was hacked
password is wrong
I forgot my password
reset my password please
the password is incorrect
password reset link
la contraseña es incorrecta
olvidé mi contraseña
la clave es la paciencia
pass me the number
I'll pass by at 5
token of thanks
two tokens for the ride
the key is under the mat
key 12 on the board
passport photos at 5
passport renewal takes 6 weeks
do you do passport photos 2x2
driver's license renewal
license plate ABC 1234
social media 123456
I sin a lot
sin gluten 2 pizzas
nie mind
ES12 is the shelf
GB29 and GB30
DE89 is the model
room GB12 and seats 34 to 56
ana at example
see you @ 5
@ana on instagram
5@3 each
call me
call me at 5
text me tmrw
50 people 20 kids 100 plates
10 000 000
1 000 000 000
100-200
3-5 days
555
911
it costs 612 euros
612 345 items
24/7
1/2 and 3/4
10x10x10
isbn 9780306406157
ean 4006381333931
imei 490154203237518
lot 2065550
born to be wild
birthday cake for 12 people
my birthday party is tomorrow
the party is on march 4
cumpleaños feliz
born and raised here
a stroll at 5
sick of waiting
patient as ever
cold day
5 min drive
2 pm way too late
10 minutes way
3 blocks from the lane
a 20 minute drive
2 in one place
5 miles of road
12 bikes in the square
my 2 dogs
street food
the avenue is closed
calle cerrada
cancel the event called 'party' on april 15
plaza grande
i'm 15 minutes away
i'm 5 miles out
he is 35 years old
i'm 45
tengo 35 años
my son is at 5 pm
my daughter is 2 blocks away
a table for 2 at 7
name of the shop
my name is on the list
my name is spelled wrong
this is great
i am ana
yes
no
ok 👍
tmrw at 4
BOOK
STOP
2
""".strip().splitlines()
"""Nothing is masked in these, inside or outside."""

KNOWN = [
    ("its ana here", "its «name:ana» here"),
    ("tell Ana López that it is done", "tell «name:Ana López» that it is done"),
    ("Dear López, your bike", "Dear «name:López», your bike"),
    ("banana bread", "banana bread"),
    ("ask for Anabel", "ask for Anabel"),
]
"""What Ana López's texts become where she is known."""
